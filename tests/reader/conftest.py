"""A package with two versions, signed, published by the real pipeline from the repository's dataset."""

import json
import shutil
from hashlib import sha256
from types import SimpleNamespace

import pytest

from factpack import pipeline, project, signatures


@pytest.fixture(scope="session")
def signed_dataset(copy_dataset, tmp_path_factory):
    """Publish the dataset twice, the second time with one fact corrected; both versions are signed."""
    root = copy_dataset(tmp_path_factory.mktemp("signed"))
    key = root / "publisher.key"
    signatures.generate(key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1767225600")
        for version in ("1.0.0", "1.0.1"):
            loaded = project.load(root)
            pipeline.publish(loaded, pipeline.validate(loaded, suites=False), key=key, expires="2099-01-01T00:00:00Z")
            text = (root / "pyproject.toml").read_text(encoding="utf-8")
            (root / "pyproject.toml").write_text(text.replace(f'"{version}"', '"1.0.1"'), encoding="utf-8")
            sources = root / "raw" / "sources.csv"
            note = sources.read_text(encoding="utf-8").replace("A copy from AP.", "A copy of what AP wrote.")
            sources.write_text(note, encoding="utf-8")
    return SimpleNamespace(root=root, published=loaded.published, public=root / "publisher.key.pub", key=key)


@pytest.fixture
def signed(signed_dataset, tmp_path, monkeypatch):
    """A copy of that package to break, and a memory that has seen nothing."""
    monkeypatch.setenv("FACTPACK_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("FACTPACK_CACHE", str(tmp_path / "cache"))
    published = shutil.copytree(signed_dataset.published.parent, tmp_path / "published") / "axis-of-upheaval"
    return SimpleNamespace(published=published, public=signed_dataset.public, key=signed_dataset.key)


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
