"""Packages as a hostile publisher makes them: well-formed, sealed, and with anything at all in their cells."""

import json
from hashlib import sha256
from pathlib import Path

import polars as pl

# What a page could take for markup, for script, for an address, for an order to turn the text round.
HOSTILE = (
    "<script>window.ran=1</script>",
    '"><img src=x onerror="window.ran=1">',
    "' autofocus onfocus='window.ran=1",
    "</title></style></textarea></script><svg onload=window.ran=1>",
    "javascript:window.ran=1",
    "{{ 7*7 }}{% raw %}",
    "<!--",
    "]]><!DOCTYPE",
    "\u202eevil\u202c\u2066",
    "&lt;b&gt;&#x3c;",
    "x" * 10_000,
    "\u2028\u2029\x00\x1b[31m",
    "`${window.ran=1}`",
    "\\u003cscript\\u003e",
    "__proto__",
    "<base href=https://evil.example/>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
)
# Paths and versions are checked when a package is opened; the rest is anyone's text.
_KEPT = {
    "primaryKey",
    "path",
    "hash",
    "bytes",
    "name",
    "version",
    "$schema",
    "profile",
    "encoding",
    "format",
    "mediatype",
    "type",
}


def change(published, name, version, suffix, *, ids=True, url=None):
    """Give every text of a version a suffix: each cell, each id unless they stay, and what its documents tell.

    The same text gets the same suffix everywhere, so that ids still lead where they led. `url` replaces addresses.
    """
    folder = published / name / f"v{version}"
    for file in sorted((folder / "data").glob("*.parquet")):
        frame = pl.read_parquet(file)
        texts = [column for column in frame.columns if frame.schema[column] in (pl.String, pl.List(pl.String))]
        kept = {"text_kind", "standing", "status"} | (set() if ids else {"fact_id", "fact_ids", "source_id"})
        if url is not None and "url" in frame.columns:
            frame = frame.with_columns(url=pl.lit(url))
        cells = [pl.col(column).map_batches(_each(suffix)).alias(column) for column in texts if column not in kept]
        frame.with_columns(cells).write_parquet(file)
    for file in [folder / "datapackage.json", *folder.glob("reports/*.json"), *folder.glob("diff/*.json")]:
        content = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps(_texts(content, suffix)), encoding="utf-8")

    _hash_again(folder)


def list_again(published, name):
    """Let the catalogue say of a package what its pointer says."""
    index = json.loads((published / "index.json").read_text(encoding="utf-8"))
    latest = json.loads((published / name / "latest.json").read_text(encoding="utf-8"))
    for one in index["packages"]:
        if one["name"] == name:
            descriptor = json.loads(
                (published / name / f"v{latest['version']}" / "datapackage.json").read_text("utf-8")
            )
            one |= {"manifest_sha256": latest["manifest_sha256"], "title": descriptor["title"]}
    (published / "index.json").write_text(json.dumps(index, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _hash_again(folder):
    file = folder / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        content = (folder / resource["path"]).read_bytes()
        resource |= {"hash": f"sha256:{sha256(content).hexdigest()}", "bytes": len(content)}
    file.write_text(json.dumps(descriptor), encoding="utf-8")


def _each(suffix):
    def changed(column):
        if column.dtype == pl.String:
            return pl.Series([None if one is None else one + suffix(one) for one in column], dtype=pl.String)
        lists = [None if some is None else [one + suffix(one) for one in some] for some in column]
        return pl.Series(lists, dtype=pl.List(pl.String))

    return changed


def _texts(content, suffix, key=None):
    if isinstance(content, dict):
        return {name: _texts(one, suffix, name) for name, one in content.items()}
    if isinstance(content, list):
        return [_texts(one, suffix, key) for one in content]
    if isinstance(content, str) and key not in _KEPT | {"from", "to", "created", "stage", "code", "level"}:
        return content + suffix(content)
    return content


def hostile(texts=HOSTILE):
    """Choose a hostile text for each text, always the same one."""
    return lambda text: "x" + texts[sum(text.encode(errors="surrogatepass")) % len(texts)]


def package(repository: Path) -> str:
    """Name the one package that is published in a repository."""
    (one,) = json.loads((repository / "published" / "index.json").read_text(encoding="utf-8"))["packages"]
    return one["name"]
