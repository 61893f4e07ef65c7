"""What is published in this repository, to build pages of, or to break first."""

import shutil

import pytest
from tests.pages import packages

from factpack import changelog, diff, reader, versioning
from factpack.adapters import site


@pytest.fixture(scope="session")
def pages(repository, tmp_path_factory):
    """The site of this repository's dataset."""
    folder = tmp_path_factory.mktemp("pages") / "site"
    site.build(repository / "published", folder)
    return folder


@pytest.fixture(scope="session")
def build_changed(repository, reseal, tmp_path_factory):
    """Build the pages of the dataset with its texts changed, as a publisher could."""

    def build(suffix, **more):
        room = tmp_path_factory.mktemp("changed")
        published = shutil.copytree(repository / "published", room / "published")
        name = packages.package(repository)
        packages.change(published, name, "2.0.0", suffix, **more)
        reseal(published / name, "2.0.0")
        packages.list_again(published, name)
        site.build(published, room / "site")
        old, new = (reader.open(f"{published / name}@{one}").snapshot() for one in ("1.0.0", "2.0.0"))
        found = diff.compare(old, new)
        differing = changelog.Changes(before="1.0.0", diff=found, bump=versioning.bump(found, ()))
        (room / "site" / "review.html").write_text(site.review(name + suffix(name), differing), encoding="utf-8")
        shutil.rmtree(published)
        return room / "site"

    return build
