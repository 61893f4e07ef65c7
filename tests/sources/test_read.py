"""Whole projects: which files are read, which are refused, and what is compared across files."""

import os

import polars as pl
import pytest

from factpack.models import Place
from factpack.report import Severity
from factpack.sources import locate, read

FACTS = "fact_id,subject,predicate,object,value,unit,date,as_of,modifier,polarity,attributed_to,paragraph,phrase,note\n"
SHA = "0" * 64


def fact(fact_id, **cells):
    names = FACTS.strip().split(",")
    row = {
        "fact_id": fact_id,
        "subject": "brics",
        "predicate": "member_count",
        "value": "11",
        "phrase": "eleven",
        **cells,
    }
    return ",".join(row.get(name, "") for name in names) + "\n"


@pytest.fixture
def folder(project):
    """A small whole project, to break."""
    (project.root / "raw" / "facts").mkdir(parents=True)
    (project.root / "schemas").mkdir()
    files = {
        "raw/sources.csv": "source_id,title,publisher,author,url,published,language,licence,text_kind,"
        "text_sha256,note\n"
        f"one,One,P,,https://example.org/1,2025-06-26,en,CC0-1.0,article,{SHA},\n"
        f"two,Two,P,,,,en,CC0-1.0,note,{SHA},\n",
        "raw/entities.csv": "entity_id,name,kind,wikidata,iso3166\n"
        "brics,BRICS,organization,,\nchina,China,country,Q148,CN\n",
        "schemas/predicates.csv": "predicate,title,subject_kind,value_type,unit,object_kind,multiple,"
        "requires,future,base,description\n"
        "member_count,Members,organization group,integer,states,,no,,no,,How many\n",
        "raw/facts/one.csv": FACTS + fact("a-1") + fact("a-2"),
        "raw/facts/two.csv": FACTS + fact("b-1") + fact("b-2"),
    }
    for name, text in files.items():
        (project.root / name).write_text(text, encoding="utf-8")
    return project


def places(report):
    return [(finding.code, finding.file, finding.line, finding.column) for finding in report.findings]


def test_a_good_project_is_read_with_its_sources_and_lines(folder):
    raw, report = read(folder)

    assert report.findings == ()
    assert report.passed()
    assert raw.facts.select("fact_id", "source_id", "_file", "_line").rows() == [
        ("a-1", "one", "raw/facts/one.csv", 2),
        ("a-2", "one", "raw/facts/one.csv", 3),
        ("b-1", "two", "raw/facts/two.csv", 2),
        ("b-2", "two", "raw/facts/two.csv", 3),
    ]
    assert raw.sources.schema["published"] == pl.Date
    assert raw.predicates.schema["multiple"] == pl.Boolean
    assert raw.facts.schema["paragraph"] == pl.Int64
    assert raw.entities.height == 2
    assert {ran.subject: ran.rows for ran in report.ran} == {
        "raw/sources.csv": 2,
        "raw/entities.csv": 2,
        "schemas/predicates.csv": 1,
        "raw/facts/one.csv": 2,
        "raw/facts/two.csv": 2,
    }


def test_formats_may_be_mixed(folder):
    (folder.raw / "facts" / "two.csv").unlink()
    (folder.raw / "facts" / "two.jsonl").write_text(
        '{"fact_id": "b-1", "subject": "brics", "predicate": "member_count", "value": "11", "phrase": "eleven"}\n'
    )
    (folder.raw / "facts" / "three.yaml").write_text(
        "- fact_id: c-1\n  subject: brics\n  predicate: member_count\n  phrase: eleven\n"
    )

    raw, report = read(folder)

    assert report.findings == ()
    assert raw.facts["source_id"].to_list() == ["one", "one", "three", "two"]


def test_all_errors_of_all_files_are_reported_in_order(folder):
    (folder.raw / "entities.csv").write_text("entity_id,name,kind,wikidata,iso3166\nchina,China,country,148,CHN\n")
    (folder.raw / "facts" / "two.csv").write_text(FACTS + fact("b-1", paragraph="x") + "b-2\n")
    (folder.raw / "facts" / "one.csv").write_text(FACTS + fact("A-1"))

    raw, report = read(folder)

    assert raw is None
    assert places(report) == [
        ("FP106", "raw/entities.csv", 2, 21),
        ("FP106", "raw/entities.csv", 2, 25),
        ("FP106", "raw/facts/one.csv", 2, 1),
        ("FP106", "raw/facts/two.csv", 2, 34),
        ("FP104", "raw/facts/two.csv", 3, 4),
    ]
    assert [finding.fact_id for finding in report.findings[2:]] == ["A-1", "b-1", "b-2"]


def test_an_id_is_given_once_in_a_file_and_in_all(folder):
    (folder.raw / "facts" / "two.csv").write_text(FACTS + fact("b-1") + fact("a-2") + fact("b-1"))

    _, report = read(folder)

    assert places(report) == [("FP115", "raw/facts/two.csv", 3, 1), ("FP115", "raw/facts/two.csv", 4, 1)]
    assert "raw/facts/one.csv, line 3" in report.findings[0].message
    assert "raw/facts/two.csv, line 2" in report.findings[1].message


@pytest.mark.parametrize("twin", ["A-2", "\u0430-2", "a\u20112", "\xe1-2"])
def test_an_id_that_looks_like_another_is_reported_where_it_stands(folder, twin):
    # The twin comes first: the well-formed id is not the one at fault.
    (folder.raw / "facts" / "one.csv").write_text(FACTS + fact("a-1") + fact(twin))
    (folder.raw / "facts" / "two.csv").write_text(FACTS + fact("a-2"))

    _, report = read(folder)

    assert {(finding.code, finding.file, finding.line) for finding in report.findings} == {
        ("FP106", "raw/facts/one.csv", 3),
        ("FP112", "raw/facts/one.csv", 3),
    }


def test_well_formed_ids_may_look_alike_too(folder):
    (folder.raw / "facts" / "two.csv").write_text(FACTS + fact("a-l"))

    _, report = read(folder)

    assert places(report) == [("FP112", "raw/facts/two.csv", 2, 1)]
    assert "'a-1': raw/facts/one.csv, line 2" in report.findings[0].message


@pytest.mark.parametrize("table", ["sources", "entities"])
def test_ids_of_the_other_tables_are_compared_too(folder, table):
    path = folder.raw / f"{table}.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n")

    _, report = read(folder)

    assert places(report) == [("FP115", f"raw/{table}.csv", 4, 1)]


@pytest.mark.parametrize("name", ["raw/sources.csv", "raw/entities.csv", "schemas/predicates.csv"])
def test_a_missing_table_is_reported_and_the_others_are_checked(folder, name):
    (folder.root / name).unlink()
    (folder.raw / "facts" / "one.csv").write_text(FACTS + fact("A-1"))

    raw, report = read(folder)

    assert raw is None
    assert {(finding.code, finding.file) for finding in report.findings} == {
        ("FP106", "raw/facts/one.csv"),
        ("FP114", name),
    }


def test_a_table_in_two_files_is_reported(folder):
    (folder.raw / "sources.yaml").write_text("- source_id: one\n")
    (folder.raw / "facts" / "one.jsonl").write_text("{}\n")

    _, report = read(folder)

    assert [(finding.code, finding.file) for finding in report.findings] == [
        ("FP114", "raw/facts/one.jsonl"),
        ("FP114", "raw/sources.yaml"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "one.csv~", ".one.csv.swp", "#one.csv#", ".#one.csv", "~$one.xlsx", ".~lock.one.csv#", "one.csv.bak",
        "one.csv.orig", ".DS_Store", "one.txt", "one.xlsx", "one.CSV", "one.tsv", "one.json", "README", "One.csv",
        "two words.csv", "one.old.csv", "\u043ene.csv",
    ],
)  # fmt: skip
def test_no_other_file_may_stand_among_the_facts(folder, name):
    (folder.raw / "facts" / name).write_text(FACTS + fact("z-1"))

    raw, report = read(folder)

    assert raw is None
    assert [(finding.code, finding.file) for finding in report.findings] == [("FP114", f"raw/facts/{name}")]


def test_a_folder_keeper_is_no_file_of_facts(folder):
    (folder.raw / "facts" / ".gitkeep").touch()

    assert read(folder)[1].findings == ()


def test_a_folder_without_facts_is_no_pass(folder):
    for path in (folder.raw / "facts").iterdir():
        path.unlink()

    raw, report = read(folder)

    assert raw is None
    assert [(finding.code, finding.file) for finding in report.findings] == [("FP110", "raw/facts")]


def test_an_empty_project_is_no_pass(project):
    raw, report = read(project)

    assert raw is None
    assert not report.passed()
    assert {finding.code for finding in report.findings} == {"FP114"}
    assert report.count(Severity.ERROR) == 4


@pytest.mark.parametrize("kind", ["symlink", "dangling symlink", "fifo", "folder", "unreadable", "device"])
def test_only_regular_files_are_read(folder, kind):
    path = folder.raw / "facts" / "three.csv"
    if kind == "symlink":
        path.symlink_to(folder.raw / "facts" / "one.csv")
    elif kind == "dangling symlink":
        path.symlink_to(folder.raw / "nowhere.csv")
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_text(FACTS + fact("c-1"))
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("this user may read every file")

    _, report = read(folder)

    assert [(finding.code, finding.file) for finding in report.findings] == [("FP114", "raw/facts/three.csv")]


def test_a_file_over_the_limit_is_not_read(folder, monkeypatch):
    monkeypatch.setattr("factpack.sources.files.MAX_BYTES", 400)
    (folder.raw / "facts" / "one.csv").write_text(FACTS + "".join(fact(f"a-{number}") for number in range(50)))

    _, report = read(folder)

    assert [(finding.code, finding.file) for finding in report.findings] == [("FP109", "raw/facts/one.csv")]


def test_places_of_other_stages_can_be_found(folder):
    raw, _ = read(folder)
    row = raw.facts.row(1, named=True)

    assert Place(row["_file"], *locate(folder.root / row["_file"], row["_line"], "value")) == Place(
        "raw/facts/one.csv", 3, 25
    )
