"""A package sealed anew, as a hostile publisher would."""

import json
from hashlib import sha256

import pytest


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
