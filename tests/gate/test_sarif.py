"""SARIF before Microsoft's own validator, with the rules that GitHub's code scanning adds."""

import json
import os
import shutil
import subprocess

import pytest

from factpack.formats import sarif
from factpack.report import Finding, Report, Severity
from factpack.rulebook import RULES


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed (apt-get install npm)")
def test_the_validator_finds_nothing_wrong(tmp_path):
    codes = sorted(RULES)
    findings = tuple(
        Finding(
            code=codes[number % len(codes)],
            message=f"[link](javascript:alert(1)) <b>{number}</b> \x1b[31m \u202e ::error::",
            severity=list(Severity)[number % 3],
            file="raw/facts/a b ä.csv" if number % 5 else None,
            line=number + 1 if number % 5 else None,
            column=3 if number % 2 else None,
            fact_id=f"fact-{number}" if number % 4 else None,
            value="12",
            accepted=[None, "baseline", "waived: reason"][number % 3],
        )
        for number in range(6_000)
    )
    log = tmp_path / "log.sarif"
    log.write_text(sarif.write(Report(findings=findings, skipped=("suites: left out",))), encoding="utf-8")
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(tmp_path)]
    subprocess.run([*install, "@microsoft/sarif-multitool@5"], check=True)
    # Its wrapper of JavaScript would give the semicolon of the rule kinds to a shell.
    tool = tmp_path / "node_modules" / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
    checked = tmp_path / "checked.sarif"
    command = [tool, "validate", log, "--output", checked, "--rule-kind", "Sarif;Ghas", "--log", "ForceOverwrite"]
    # It ends with 0 whatever it finds, so what it writes is read.
    plain = os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(command, env=plain, capture_output=True, text=True, check=False)
    results = json.loads(checked.read_text("utf-8-sig"))["runs"][0]["results"]
    # An address to learn more about factpack would be a guess.
    heavy = [
        one for one in results if one.get("level", "warning") in {"error", "warning"} and one["ruleId"] != "SARIF2005"
    ]
    assert heavy == [], done.stdout
