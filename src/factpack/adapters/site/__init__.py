"""The pages of what is published: a catalogue, a page for each package and version, and for each fact its own link.

Pages are views: they are made from packages that have been verified, and stand beside copies of them in one folder that
any static host can serve, or a browser opens from a disk. Nothing in them is fetched from elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factpack import reader
from factpack.adapters.site import records, views
from factpack.errors import ConfigurationError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import jinja2


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
    index = published / "index.json"
    if not index.is_file():
        raise ConfigurationError(f"{published}: nothing is published here; expected index.json.")
    if out.exists() and not (out / "assets" / "factpack.js").is_file() and any(out.iterdir()):
        raise ConfigurationError(f"{out}: holds something that is no site of ours; choose a folder of its own.")
    names = [one["name"] for one in json.loads(index.read_text(encoding="utf-8"))["packages"]]
    out.resolve().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.resolve().parent, prefix=".site-") as folder:
        room = Path(folder) / "site"
        pages = [page.relative_to(room) for page in _write(published, names, room)]
        if out.exists():
            shutil.rmtree(out)
        room.rename(out)
    return tuple(out / page for page in pages)


def _write(published: Path, names: list[str], room: Path) -> Iterator[Path]:
    templates = _templates()
    with resources.as_file(resources.files(__package__) / "static") as static:
        shutil.copytree(static, room / "assets")
    shutil.copy(published / "index.json", room / "index.json")
    packages = []
    for name in names:
        report = reader.check(published / name)
        if not report.passed():
            raise IntegrityError("\n".join(finding.message for finding in report.findings))
        shutil.copytree(
            published / name, room / name, ignore=shutil.ignore_patterns(".*", "failed"), copy_function=_link
        )
        versions = views.versions(published / name)
        packages.append(views.package(versions))
        for version in versions:
            yield from _version(templates, version, versions, room / name / version.opened.version)
        page = room / name / "index.html"
        yield _page(templates, "package.html", page, packages[-1] | {"up": "../"})
    yield _page(templates, "catalogue.html", room / "index.html", {"packages": packages, "up": ""})


def _link(source: str, target: str) -> None:
    """Copy a file without its bytes where the file system can; a published file never changes."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _version(
    templates: jinja2.Environment, version: views.Version, versions: list[views.Version], folder: Path
) -> Iterator[Path]:
    folder.mkdir(parents=True)
    content = records.write(version, versions)
    if content is not None:
        (folder / "data.js").write_text(content, encoding="utf-8")
    shown = views.version(version) | {"up": "../../", "scripted": content is not None}
    yield _page(templates, "version.html", folder / "index.html", shown)


def _page(templates: jinja2.Environment, name: str, file: Path, shown: dict[str, Any]) -> Path:
    file.write_text(templates.get_template(name).render(shown), encoding="utf-8")
    return file


def _templates() -> jinja2.Environment:
    try:
        import jinja2
    except ImportError:
        raise ConfigurationError("pages need the extra site: pip install 'factpack[site]'") from None
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        # Whatever a template is called: what stands in a cell is text.
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"bytes": views.size, "web": views.web}
    return environment
