"""What every test may use: the repository's own folders, and copies of its dataset to break."""

import importlib.util
import json
import os
import re
import shutil
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

# Their libraries do not live with ours: `nox -s interop` has an environment for them, `nox -s browser` a browser.
needed = {"interop": "mlcroissant", "browser": "playwright"}
collect_ignore = [folder for folder, module in needed.items() if importlib.util.find_spec(module) is None]

settings.register_profile(
    "fast",
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("fast")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """A cache of this run alone, for it and for the processes that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACTPACK_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def repository():
    """The root of the repository."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def copy_dataset(repository):
    """Copy the repository's dataset into a folder, as version 1.0.0 and without what was published of it."""

    def copy(root):
        for name in ("raw", "schemas", "transforms", "checks"):
            ignored = shutil.ignore_patterns("__pycache__", "articles")
            shutil.copytree(repository / name, root / name, ignore=ignored)
        text = (repository / "pyproject.toml").read_text(encoding="utf-8")
        table = text.index("[tool.factpack]")
        first = re.sub(r'^version = "[0-9.]+"$', 'version = "1.0.0"', text[table:], count=1, flags=re.MULTILINE)
        (root / "pyproject.toml").write_text(text[:table] + first, encoding="utf-8")
        return root

    return copy


@pytest.fixture
def dataset(copy_dataset, tmp_path):
    """A copy of the repository's dataset as version 1.0.0."""
    return copy_dataset(tmp_path)


@pytest.fixture(scope="session")
def signed_dataset(copy_dataset, tmp_path_factory):
    """Publish the dataset twice, the second time with one fact corrected; both versions are signed."""
    from factpack import pipeline, project, signatures

    root = copy_dataset(tmp_path_factory.mktemp("signed"))
    key = root / "publisher.key"
    signatures.generate(key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1767225600")
        for version in ("1.0.0", "1.0.1"):
            loaded = project.load(root)
            pipeline.publish(loaded, pipeline.validate(loaded, suites=False), key=key, expires="2099-01-01T00:00:00Z")
            if version == "1.0.0":
                shutil.copytree(loaded.published, root / "first")
            text = (root / "pyproject.toml").read_text(encoding="utf-8")
            (root / "pyproject.toml").write_text(text.replace(f'"{version}"', '"1.0.1"'), encoding="utf-8")
            sources = root / "raw" / "sources.csv"
            note = sources.read_text(encoding="utf-8").replace("A copy from AP.", "A copy of what AP wrote.")
            sources.write_text(note, encoding="utf-8")
    return SimpleNamespace(
        root=root, published=loaded.published, first=root / "first", public=root / "publisher.key.pub", key=key
    )


@pytest.fixture
def signed(signed_dataset, tmp_path, monkeypatch):
    """A copy of that package to break, and a memory that has seen nothing."""
    monkeypatch.setenv("FACTPACK_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("FACTPACK_CACHE", str(tmp_path / "cache"))
    published = shutil.copytree(signed_dataset.published.parent, tmp_path / "published") / "axis-of-upheaval"
    kept = {name: getattr(signed_dataset, name) for name in ("first", "public", "key")}
    return SimpleNamespace(published=published, **kept)


@pytest.fixture(scope="session")
def reseal():
    """Do what a publisher could do: seal what stands in a version again, in manifest, sums, list and pointer."""

    def seal(published, version):
        folder = published / f"v{version}"
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        sums = {}
        for one in manifest["subject"]:
            content = (folder / one["name"]).read_bytes()
            one |= {"digest": {"sha256": sha256(content).hexdigest()}, "annotations": {"bytes": len(content)}}
            sums[one["name"]] = one["digest"]["sha256"]
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        sums["manifest.json"] = sha256((folder / "manifest.json").read_bytes()).hexdigest()
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
        (folder / "SHA256SUMS").write_text(lines, encoding="utf-8")
        for name in ("versions.json", "latest.json"):
            content = json.loads((published / name).read_text(encoding="utf-8"))
            for one in content if isinstance(content, list) else [content]:
                if one["version"] == version:
                    one["manifest_sha256"] = sums["manifest.json"]
            (published / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    return seal
