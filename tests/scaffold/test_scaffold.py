"""A new dataset works at once; what is inferred from files is what they are, and nothing is overwritten."""

import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factpack import inference, pipeline, project, scaffold
from factpack.errors import ConfigurationError


def codes(root):
    report = pipeline.validate(project.load(root), suites=False).report
    return [(finding.code, finding.file, finding.line) for finding in report.findings], report.passed()


def test_the_example_grounds_validates_and_publishes(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    scaffold.start(tmp_path / "my harbour")
    loaded = project.load(tmp_path / "my harbour")
    assert loaded.name == "my-harbour"
    assert pipeline.ground(loaded, write=True).report.passed()
    validated = pipeline.validate(loaded)
    assert (validated.report.findings, validated.report.passed()) == ((), True)
    assert dict(validated.report.verdicts) == {"grounded": 7}
    published = pipeline.publish(loaded, validated)
    assert str(published.outcome.version) == "1.0.0"
    assert pipeline.verify(str(loaded.published), logical=True).passed()


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "sources.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"raw/sources\.csv already there"):
        scaffold.start(tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["raw", "sources.csv"]


def table(path, frame, separator=","):
    frame.write_csv(path, separator=separator)
    return path


FRAME = pl.DataFrame(
    {
        "state": [f"state {number}" for number in range(40)],
        "Joined on": [date(2020, 1, 1) + timedelta(days=number) for number in range(40)],
        "members": range(40),
        "share": [Decimal(number) / 4 for number in range(40)],
        "active": [number % 2 == 0 for number in range(40)],
        "bloc": ["brics", "sco"] * 20,
        "class": [None, "x"] * 20,
    }
)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_becomes_a_table_whose_model_is_only_proposed(tmp_path, separator):
    file = table(tmp_path / "Member States.csv", FRAME, separator)
    (proposal,) = scaffold.around(tmp_path / "set", (file,))
    root = tmp_path / "set"
    assert (proposal.name, proposal.key) == ("member_states", ("state",))
    assert codes(root) == ([("FP306", "schemas/member_states.py", None)], True)
    model = root / "schemas" / "member_states.py"
    text = model.read_text(encoding="utf-8")
    assert '# isin=["brics", "sco"]' in text, "what may be an enumeration is offered, and not adopted"
    model.write_text(text.replace("PROPOSED = True\n", ""), encoding="utf-8")
    assert codes(root) == ([], True)
    tables = pipeline.validate(project.load(root), suites=False).tables
    assert tables["member_states"].equals(FRAME.with_columns(pl.col("share").cast(pl.Decimal(18, 6))))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (",7,1.75,", ",7.0,1.75,", "FP106"),
        (",7,1.75,", ',7,"1,75",', "FP106"),
        (",7,1.75,", ",7,1.12345678,", "FP106"),
        ("state 7,2020-01-08", "state 7,2020-13-08", "FP113"),
        ("state 7,", "state 6,", "FP304"),
        ("state 7,", ",", "FP111"),
        ("false,sco,x\nstate 8", "nein,sco,x\nstate 8", "FP106"),
    ],
)
def test_a_bad_cell_of_a_plain_table_is_named_at_its_line(tmp_path, old, new, code):
    scaffold.around(tmp_path / "set", (table(tmp_path / "t.csv", FRAME),))
    raw = tmp_path / "set" / "raw" / "tables" / "t.csv"
    text = raw.read_text(encoding="utf-8")
    assert old in text
    raw.write_text(text.replace(old, new, 1), encoding="utf-8")
    found, passed = codes(tmp_path / "set")
    assert not passed
    assert (code, "raw/tables/t.csv", 9) in found


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no rows"),
        (b"a,b\n", "no rows"),
        (b"a,a\n1,2\n", "repeated name"),
        (b"a,\n1,2\n", "empty or a repeated"),
        (b"a,b\n1\n", r"x\.csv:2: the row has 1 cells"),
        (b'a,b\n"1\n2",3\n4\n', r"x\.csv:4: the row has 1 cells"),
        (b"a\n\n1\n", r"x\.csv:2: the row has 0 cells"),
        (b"a\n1\n\xff\n", r"x\.csv:3: the byte 0xFF is not UTF-8"),
        (b'a,b\n"1"2,3\n', r"x\.csv:2: ',' expected"),
        (b'a,b\n"1,3\n', r"x\.csv:2: unexpected end"),
        (b"a,b\n1,2\n1,2\n", "no key"),
    ],
)
def test_what_cannot_be_a_table_is_refused_and_nothing_is_written(tmp_path, content, says):
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=says):
        scaffold.around(tmp_path / "set", (file,))
    assert not (tmp_path / "set").exists()


def test_an_export_of_a_spreadsheet_is_taken_as_it_is(tmp_path):
    """With the mark before UTF-8, line ends of Windows, cells of several lines, and letters in two parts."""
    file = tmp_path / "U\u0308bersicht (2).csv"
    file.write_bytes(b'\xef\xbb\xbfid;Ort\r\n1;"Zu\xcc\x88rich\nHB"\r\n2;x\r\n\r\n')
    (proposal,) = scaffold.around(tmp_path / "set", (file,))
    assert (proposal.name, proposal.types) == ("ubersicht_2", {"id": "int", "Ort": "str"})
    assert codes(tmp_path / "set") == ([("FP306", "schemas/ubersicht_2.py", None)], True)
    tables = pipeline.validate(project.load(tmp_path / "set"), suites=False).tables
    assert tables["ubersicht_2"]["Ort"].to_list() == ["Z\u00fcrich\nHB", "x"]


NUMBER = "a number with grouped thousands"
COMMA = "a number with a comma before its decimals"
DAY, MONTH = "a date in day/month/year order", "a date in month/day/year order"
EITHER = "a date whose day and month cannot be told apart"
# Cells of a column, and what the proposal says of it.
LOOKS = {
    "grouped": (["1,234.5", "12,000.25"], f'2 of 2 values look like {NUMBER} ("1,234.5"), write 1234.5'),
    "some grouped": (
        ["850", "-1,234,567", "", "7"],
        f'1 of 3 values looks like {NUMBER} ("-1,234,567"), write -1234567',
    ),
    "with others": (["1,234.5", "2,500.0", "n/a"], f'2 of 3 values look like {NUMBER} ("1,234.5"), write 1234.5'),
    "unsure": (
        ["1,234", "2,500"],
        f'2 of 2 values look like {NUMBER} or with a comma before its decimals ("1,234"), write 1234 or 1.234',
    ),
    "one comma": (["0,5", "1,234"], f'2 of 2 values look like {COMMA} ("0,5"), write 0.5'),
    "comma": (["0,5", "1.234,75", "3"], f'2 of 3 values look like {COMMA} ("0,5"), write 0.5'),
    "days": (["01/02/2009", "16/06/2009"], f'2 of 2 values look like {DAY} ("16/06/2009"), write 2009-06-16'),
    "months": (["6/16/2009", "1/2/2009"], f'2 of 2 values look like {MONTH} ("6/16/2009"), write 2009-06-16'),
    "points": (["16.06.2009", "2009-06-17"], f'1 of 2 values looks like {DAY} ("16.06.2009"), write 2009-06-16'),
    "either": (
        ["03/04/2009", "05/06/2009"],
        f'2 of 2 values look like {EITHER} ("03/04/2009"), write 2009-04-03 or 2009-03-04',
    ),
}


@pytest.mark.parametrize("case", LOOKS)
def test_a_proposal_says_why_what_looks_like_a_number_or_a_date_stays_text(tmp_path, case):
    cells, says = LOOKS[case]
    rows = pl.DataFrame({"id": range(len(cells)), "amount": cells})
    (proposal,) = scaffold.around(tmp_path / "set", (table(tmp_path / "t.csv", rows),))
    assert proposal.types["amount"] == "str"
    assert proposal.doubts == {"amount": (f"{says}: nothing is guessed, so it stays text",)}
    model = (tmp_path / "set" / "schemas" / "t.py").read_text(encoding="utf-8")
    assert f"    # {says}: nothing is guessed, so it stays text\n    amount: str" in model.replace(
        "    # 1 of 4 cells are empty\n", ""
    )
    assert codes(tmp_path / "set") == ([("FP306", "schemas/t.py", None)], True)


def test_dates_of_two_orders_are_told_apart(tmp_path):
    rows = pl.DataFrame({"on": ["16/06/2009", "06/17/2009", "01/02/2009"]})
    told = inference.propose(table(tmp_path / "t.csv", rows)).doubts["on"]
    assert [one.partition(":")[0] for one in told] == [
        f'1 of 3 values looks like {DAY} ("16/06/2009"), write 2009-06-16',
        f'1 of 3 values looks like {MONTH} ("06/17/2009"), write 2009-06-17',
        f'1 of 3 values looks like {EITHER} ("01/02/2009"), write 2009-02-01 or 2009-01-02',
    ]


@pytest.mark.parametrize(
    "cells",
    [
        ["Born on 16/06/2009", "1,234.5 tonnes"],
        ["a", "b", "c", "16/06/2009"],
        ["31/31/2009", "16/06-2009"],
        ["1,23,456", "12,34,567.0"],
        ["10.0.0.1", "1.2.3"],
        ["2009-06-16", "n/a"],
        ["+44 20", "٣,٠٠٠"],
    ],
)
def test_text_that_is_text_needs_no_reason(tmp_path, cells):
    rows = pl.DataFrame({"id": range(len(cells)), "note": cells})
    assert inference.propose(table(tmp_path / "t.csv", rows)).doubts == {}


def test_a_key_is_not_looked_for_in_combinations_that_cannot_be_one():
    """Of sixty columns, those of three are thirty thousand: among them, none is tried that has too few values."""
    rows = pl.DataFrame({f"c{one}": [str(number // 5 ** (one % 3) % 5) for number in range(125)] for one in range(60)})
    assert next(inference._keys(rows)) == ("c0", "c1", "c2")
    assert list(inference._keys(rows.head(0).vstack(rows).vstack(rows))) == []


def test_a_folder_of_csv_files_becomes_tables_and_no_example(tmp_path):
    for name in ("a.csv", "b b.CSV"):
        (tmp_path / name).write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"a\.csv, .*--from"):
        scaffold.start(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b b.CSV"]
    assert [one.name for one in scaffold.around(tmp_path, (tmp_path,))] == ["a", "b_b"]
    assert codes(tmp_path)[1]
    with pytest.raises(ConfigurationError, match="no CSV file"):
        scaffold.around(tmp_path, (tmp_path / "checks",))


def test_the_file_of_a_ci_that_stands_is_left_and_what_to_add_is_told(tmp_path):
    (tmp_path / ".gitlab-ci.yml").write_text("mine: {}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"(?s)already there.*codequality: gl-code-quality"):
        scaffold.write_ci(tmp_path, "gitlab")
    assert (tmp_path / ".gitlab-ci.yml").read_text(encoding="utf-8") == "mine: {}\n"


# Names of Python, of pandera and of no language.
special = st.sampled_from(["class", "validate", "Config", "int", "pl", "_x", "a b", '"', "µ"])
words = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8)
names = st.lists(special | words, min_size=1,
                 max_size=4, unique=True)  # fmt: skip


@given(names, st.data())
def test_a_proposed_model_is_python_and_takes_the_rows_it_was_made_of(columns, data):
    cell = st.sampled_from(["", "1", "-2", "0.5", "01", "2020-01-01", "true", "x y", "2020-02-30", "1e5", "é"])
    rows = data.draw(st.lists(st.lists(cell, min_size=len(columns), max_size=len(columns)), min_size=1, max_size=6))
    frame = pl.DataFrame(rows, schema=["key", *columns][1:], orient="row").with_row_index("row key")
    frame = frame.select(pl.all().cast(pl.String)).with_columns(pl.when(pl.all() != "").then(pl.all()).name.keep())
    types = {name: inference._type(frame[name]) for name in frame.columns}
    proposal = inference.Proposal(name="t", rows=frame, key=("row key",), types=types)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "t.py"
        file.write_text(inference.write_model(proposal), encoding="utf-8")
        schema = project.load_module(file).T.to_schema()
    assert list(schema.columns) == frame.columns


def test_the_command_makes_a_dataset_with_its_ci(tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "factpack", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run("init", "new", "--ci", "github", "--ci", "gitlab", "--ci", "pre-commit").returncode == 0
    assert run("validate", "new", "--no-suites").returncode == 0
    again = run("init", "new")
    assert (again.returncode, "overwrites nothing" in again.stderr) == (2, True)
    (tmp_path / "trade.csv").write_text('id,amount\n1,"1,234.5"\n', encoding="utf-8")
    said = run("init", "trade", "--from", "trade.csv").stdout
    assert '\n  amount: 1 of 1 values looks like a number with grouped thousands ("1,234.5"), write 1234.5' in said
    for name in (".github/workflows/factpack.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml"):
        assert (tmp_path / "new" / name).is_file()
