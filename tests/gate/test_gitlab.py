"""The script of .gitlab-ci.yml, as `factpack init --ci gitlab` writes it, run as a runner does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from junitparser import JUnitXml
from tests.gate.repositories import damage

from factpack import scaffold


@pytest.mark.parametrize("bad", [False, True])
def test_the_job_reports_what_is_wrong_and_fails_with_it(example, bad):
    job = yaml.safe_load(scaffold.write_ci(example, "gitlab").read_text(encoding="utf-8"))["data"]
    install, *script = job["script"]
    # What is tested here is installed already.
    assert install.startswith("pip install")
    if bad:
        damage(example, ",4,towns", ",5,towns")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "-eo", "pipefail", "-c", "\n".join(script)]
    done = subprocess.run(
        command, cwd=example, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == bad, done.stdout + done.stderr
    reports = job["artifacts"]["reports"]
    places = {
        (one["check_name"], one["location"]["path"], one["location"]["lines"]["begin"])
        for one in json.loads((example / reports["codequality"]).read_text(encoding="utf-8"))
    }
    assert places == ({(code, "raw/facts/gazette-dunsby.csv", 3) for code in ("FP402", "FP605")} if bad else set())
    assert sum(suite.failures for suite in JUnitXml.fromfile(str(example / reports["junit"]))) == 2 * bad
