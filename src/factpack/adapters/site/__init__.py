"""The pages of what is published: a catalogue, a page for each package and version, and for each fact its own link.

Pages are views: they are made from packages that have been verified, and stand beside copies of them in one folder that
any static host can serve, or a browser opens from a disk. Nothing in them is fetched from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factpack import reader
from factpack.adapters.site import changes, records, versions, views, wording
from factpack.errors import ConfigurationError, IntegrityError

if TYPE_CHECKING:
    import jinja2

    from factpack.adapters.site.versions import Version
    from factpack.changelog import Changes


def build(published: Path, out: Path) -> tuple[Path, ...]:
    """Write the site of everything that is published in a folder.

    Args:
        published: the folder with `index.json`.
        out: where the site is to stand; a site that stands there is replaced as a whole.

    Returns:
        The pages.

    Raises:
        ConfigurationError: nothing is published there, or `out` is a folder that is no site.
        IntegrityError: something is not as it was published.
    """
    names = _names(published)
    if out.exists() and not (out / "assets" / "factpack.js").is_file() and any(out.iterdir()):
        raise ConfigurationError(f"{out}: holds something that is no site of ours; choose a folder of its own.")
    out.resolve().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.resolve().parent, prefix=".site-") as folder:
        room = Path(folder) / "site"
        written = [page.relative_to(room) for page in pages(published, room)]
        shutil.copy(published / "index.json", room / "index.json")
        for name in names:
            hidden = shutil.ignore_patterns(".*", "failed")
            shutil.copytree(published / name, room / name, ignore=hidden, copy_function=_link, dirs_exist_ok=True)
        if out.exists():
            out.rename(Path(folder) / "before")
        room.rename(out)
    return tuple(out / page for page in written)


def _names(published: Path) -> list[str]:
    index = published / "index.json"
    if not index.is_file():
        raise ConfigurationError(f"{published}: nothing is published here; expected index.json.")
    return [one["name"] for one in json.loads(index.read_text(encoding="utf-8"))["packages"]]


def review(name: str, differing: Changes) -> str:
    """Write the page that a reviewer opens: what differs, in one file that needs no other.

    Args:
        name: the name of the dataset.
        differing: what differs between two versions, or from the last one to the working tree.
    """
    from markupsafe import Markup

    css = resources.files(__package__).joinpath("static/factpack.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    # The one text that is not escaped is our own file; its hash is what the page's policy lets in.
    style = {"text": Markup(css), "hash": f"sha256-{digest}"}  # noqa: S704
    shown = changes.of_diff(differing)
    about = {"name": name, "before": shown["before"], "after": shown["after"], "changes": shown, "up": ""}
    return str(_templates().get_template("diff.html").render(about | {"style": style}))


def pages(published: Path, room: Path) -> list[Path]:
    """Write the pages alone into a folder, to be served before what is published.

    Raises:
        ConfigurationError: nothing is published there.
        IntegrityError: something is not as it was published.
    """
    templates, written, packages = _templates(), [], []
    with resources.as_file(resources.files(__package__) / "static") as static:
        shutil.copytree(static, room / "assets")
    for name in _names(published):
        report = reader.check(published / name)
        if not report.passed():
            raise IntegrityError("\n".join(finding.message for finding in report.findings))
        found = versions.read(published / name)
        packages.append(views.package(found))
        written += [_version(templates, one, found, room / name / one.opened.version) for one in found]
        shown = packages[-1] | {"up": "../", "style": None}
        written.append(_page(templates, "package.html", room / name / "index.html", shown))
    shown = {"packages": packages, "up": "", "style": None}
    return [*written, _page(templates, "catalogue.html", room / "index.html", shown)]


def _link(source: str, target: str) -> None:
    """Copy a file without its bytes where the file system can; a published file never changes."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _version(templates: jinja2.Environment, version: Version, others: list[Version], folder: Path) -> Path:
    folder.mkdir(parents=True)
    content = records.write(version, others)
    if content is not None:
        (folder / "data.js").write_text(content, encoding="utf-8")
    before = version.entry.get("previous")
    previous = next((one for one in others if one.opened.version == before), None)
    shown = views.version(version, previous) | {"up": "../../", "style": None, "scripted": content is not None}
    return _page(templates, "version.html", folder / "index.html", shown)


def _page(templates: jinja2.Environment, name: str, file: Path, shown: dict[str, Any]) -> Path:
    file.write_text(templates.get_template(name).render(shown), encoding="utf-8")
    return file


def _templates() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        # Whatever a template is called: what stands in a cell is text.
        autoescape=True,
        finalize=wording.shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "bytes": wording.size,
        "counted": wording.counted,
        "web": wording.web,
        "words": wording.words,
    }
    return environment
