"""The hook of .pre-commit-hooks.yaml, installed by pre-commit from a clone of this repository."""

import os
import subprocess
import sys

from tests.gate.repositories import damage, git


def test_the_hook_refuses_a_bad_commit_and_takes_a_good_one(repository, example, tmp_path):
    source = tmp_path / "factpack"
    git(tmp_path, "clone", "--quiet", str(repository), str(source))
    revision = git(source, "rev-parse", "HEAD")
    config = f"repos:\n  - repo: {source}\n    rev: {revision}\n    hooks:\n      - id: factpack\n"
    (example / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    environment = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "cache")}

    def hook(*arguments):
        command = [sys.executable, "-m", "pre_commit", *arguments]
        return subprocess.run(command, cwd=example, env=environment, capture_output=True, text=True, check=False)

    git(example, "add", "--all")
    good = hook("run", "--all-files")
    assert good.returncode == 0, good.stdout + good.stderr
    damage(example, ",4,towns", ",5,towns")
    bad = hook("run", "--all-files")
    assert bad.returncode == 1
    assert "FP402 stated-count: member_count is stated as 5, counted 4" in bad.stdout
    assert "raw/facts/gazette-dunsby.csv:3:" in bad.stdout
