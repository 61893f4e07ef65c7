"""The command as a person or a CI job calls it: a real process, its output and its exit code."""

import importlib.util
import json
import os
import pty
import re
import subprocess
import sys

import polars as pl
import pytest

EPOCH = {"SOURCE_DATE_EPOCH": "1767225600"}


def run(*arguments, cwd=None, **environment):
    return subprocess.run(
        [sys.executable, "-m", "factpack", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def damage(dataset, old=",11,states", new=",12,states", file="raw/facts/csm-iran-limits.csv"):
    path = dataset / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_dataset_without_errors_passes_with_a_summary_of_what_was_checked(dataset):
    done = run("validate", "--no-suites", dataset)
    assert (done.returncode, done.stderr) == (0, "")
    last = done.stdout.splitlines()[-1]
    assert last.startswith("PASSED axis-of-upheaval 1.0.0: 0 errors, 0 warnings in ")
    assert "suites: left out" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_finding_shows_its_place_its_cell_its_phrase_and_what_to_do(dataset):
    damage(dataset)
    done = run("validate", "--no-suites", dataset)
    assert done.returncode == 1
    lines = done.stdout.partition("\n\n")[2].splitlines()
    assert lines[0].startswith("FP402 stated-count: member_count is stated as 12, counted 10 to 11: brazil, ")
    place = lines[1].split()[1]
    file, line, column = place.split(":")
    raw = (dataset / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert raw[int(column) - 1 :].startswith("12,states")
    shown, underline = lines[2], lines[3]
    assert shown[underline.index("^") :].startswith("12,")
    assert underline.count("^") == 2
    assert lines[4] == "   = phrase: now has eleven member countries"
    assert lines[5].startswith("   = help: ")
    assert lines[-1].startswith("FAILED axis-of-upheaval 1.0.0: 2 errors, 0 warnings")


def test_rows_that_break_a_rule_are_held_apart_with_their_rules(dataset, tmp_path):
    model = dataset / "schemas" / "sources.py"
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("publisher: str = pa.Field(title", 'publisher: str = pa.Field(ne="Head-Post", title'))
    done = run("validate", "--no-suites", "--quarantine", tmp_path / "held", dataset)
    assert done.returncode == 1
    bad = pl.read_csv(tmp_path / "held" / "sources.bad.csv")
    good = pl.read_parquet(tmp_path / "held" / "sources.good.parquet")
    rows = pl.read_csv(dataset / "raw" / "sources.csv")
    assert bad["source_id"].to_list() == rows.filter(publisher="Head-Post")["source_id"].to_list()
    assert (bad["broken_rules"].unique().to_list(), good.height) == (
        ["publisher: not_equal_to"],
        rows.height - bad.height,
    )
    assert f"sources.bad.parquet: {bad.height} of {rows.height} rows" in done.stderr


def test_json_is_the_whole_report_and_nothing_else(dataset):
    damage(dataset)
    done = run("validate", "--no-suites", "--format", "json", dataset)
    report = json.loads(done.stdout)
    assert (done.returncode, report["passed"]) == (1, False)
    assert [finding["code"] for finding in report["findings"]] == ["FP621", "FP402"]
    finding = report["findings"][1]
    assert (finding["code"], finding["rule"], finding["severity"]) == ("FP402", "stated-count", "error")
    assert len(report["counts"]) == 17


def test_warnings_fail_only_where_they_are_asked_to(dataset):
    with (dataset / "raw" / "entities.csv").open("a", encoding="utf-8") as file:
        file.write("atlantis,Atlantis,,place,,\n")
    done = run("validate", "--no-suites", dataset)
    assert (done.returncode, "FP211 unused-row: atlantis: no fact names it" in done.stdout) == (0, True)
    assert run("validate", "--no-suites", "--fail-on", "warning", dataset).returncode == 1
    damage(dataset)
    assert run("validate", "--no-suites", "--fail-on", "never", dataset).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["verif"], "Did you mean 'verify'?"),
        (["validate", "--nonsense"], "No such option"),
        (["validate", "nowhere"], "does not exist"),
        (["validate", "."], "no pyproject.toml here"),
        (["show", "facts", "--package", "."], "no published package here"),
    ],
)
def test_a_wrong_call_exits_with_2_and_says_what_is_wrong(tmp_path, arguments, says):
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_a_schema_that_does_not_load_is_a_configuration_error_with_its_line(dataset):
    damage(dataset, "import polars as pl", "import polarss as pl", "schemas/facts.py")
    done = run("validate", "--no-suites", dataset)
    assert done.returncode == 2
    assert "schemas/facts.py:8: ModuleNotFoundError" in done.stderr


def test_a_check_that_raises_is_an_internal_error(dataset):
    damage(dataset, '(pl.col("date_min") <= pl.col("date_max"))', '(pl.col("nothing") <= 1)', "schemas/facts.py")
    done = run("validate", "--no-suites", dataset)
    assert done.returncode == 3
    assert "internal error: the check date_in_order of facts failed without naming a row" in done.stderr


def test_an_engine_that_is_not_there_is_one_line_that_says_what_to_install(dataset):
    if importlib.util.find_spec("pyspark") is not None:
        pytest.skip("PySpark is installed here")
    done = run("validate", "--engine", "spark", "--no-suites", cwd=dataset)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["error: the engine spark needs PySpark: pip install 'factpack[spark]'."]


def test_a_cluster_is_named_only_for_its_engine_and_tables_only_that_have_a_model_alone(dataset):
    done = run("validate", "--master", "local[2]", cwd=dataset)
    assert done.returncode == 2
    assert "--master and --staging are for --engine spark" in done.stderr
    done = run("validate", "--table", "facts=elsewhere.parquet", "--no-suites", cwd=dataset)
    assert done.returncode == 2
    assert "facts is no table that only has a model" in done.stderr


def test_colour_follows_the_terminal_and_the_conventions(dataset):
    damage(dataset)
    assert "\x1b[31m" in run("validate", "--no-suites", dataset, FORCE_COLOR="1").stdout
    main, side = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    command = [sys.executable, "-m", "factpack", "validate", "--no-suites", str(dataset)]
    for setting, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        process = subprocess.Popen(command, env=environment | setting, stdout=side, stderr=subprocess.DEVNULL)
        shown = b""
        while b"FAILED" not in shown:
            shown += os.read(main, 65536)
        process.wait()
        assert (b"\x1b[" in shown) is coloured
    os.close(side)
    os.close(main)


def test_what_a_terminal_would_obey_is_shown_and_not_obeyed(dataset):
    damage(dataset, "now has eleven member countries", "now \x1b[2J\u202eeleven", "raw/facts/csm-iran-limits.csv")
    done = run("validate", "--no-suites", dataset)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "\\u001b" in done.stdout


def test_a_fact_is_shown_with_who_disagrees_what_it_was_and_how_to_cite_it(repository):
    published = str(repository / "published" / "axis-of-upheaval")
    done = run("show", "csm-brics-member-count", "--package", published, cwd=repository)
    assert re.search(r"^also +10 states as of 2025-01-07: geoeconomy-indonesia-brics", done.stdout, re.MULTILINE)
    assert re.search(r"^cite .*Fact csm-brics-member-count", done.stdout, re.MULTILINE)
    corrected = "opsintels-russia-iran-treaty-contains-clause-renewal"
    done = run("show", corrected, "--package", published, cwd=repository)
    assert re.search(r"^in 1\.0\.0 +value: automatic renewal$", done.stdout, re.MULTILINE)
    assert re.search(r"^words +\(from our note", done.stdout, re.MULTILINE)


def test_publish_and_show(dataset):
    done = run("publish", "--no-suites", ".", cwd=dataset, **EPOCH)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "axis-of-upheaval 1.0.0: published: published/axis-of-upheaval/v1.0.0"
    again = run("publish", "--no-suites", ".", cwd=dataset)
    assert "already published, and this is it byte for byte" in again.stdout
    fact = run("show", "csm-brics-member-count", cwd=dataset).stdout
    assert "now has eleven member countries" in fact
    assert "contested: 10, 11 (3 sources)" in fact
    note = run("show", "anews-iran-china-agreement-term", cwd=dataset).stdout
    assert "(from our note on the article, not its words)" in note
    table = run("show", "organizations", "--limit", "2", cwd=dataset).stdout.splitlines()
    assert table[0].startswith("organization ")
    assert table[-1] == "2 of 5 rows"
    damage(dataset)
    refused = run("publish", "--no-suites", ".", cwd=dataset, **EPOCH)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Nothing was published; the report is kept in ")


def test_help_loads_none_of_the_heavy_libraries():
    code = "import sys; from factpack.cli import cli; cli(['--help'], standalone_mode=False); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"polars", "pandas", "pandera", "great_expectations", "frictionless", "yaml", "numpy", "pyarrow"}
    assert not heavy & set(loaded)


@pytest.mark.parametrize("old", ["", '{"table": "facts", "expectations": []}'])
def test_an_empty_suite_is_no_pass(dataset, old):
    pytest.importorskip("great_expectations")
    (dataset / "checks" / "facts.json").write_text(old, encoding="utf-8")
    done = run("validate", dataset)
    assert done.returncode == 1
    assert "checks/facts.json" in done.stdout
    assert "FP503 empty-suite" in done.stdout or "FP502 bad-suite" in done.stdout
