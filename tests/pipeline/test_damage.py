"""A person damages the dataset in one place: the gate names that place, with the right rule, and does not pass."""

import csv
import re
import shutil

import pytest

from factpack import pipeline, project


def check(root):
    return pipeline.validate(project.load(root), suites=False)


def edit(root, file, fact_id, old, new):
    """Replace text in the line of one fact; give the line's number and the column where the new text stands."""
    path = root / "raw" / "facts" / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if line.startswith(fact_id + ","))
    assert old in lines[number], lines[number]
    column = lines[number].index(old) + 1 + (len(old) - len(old.lstrip(",")))
    lines[number] = lines[number].replace(old, new, 1)
    path.write_text("".join(lines), encoding="utf-8")
    return number + 1, column


def errors(outcome):
    return [finding for finding in outcome.report.findings if str(finding.severity) == "error"]


def test_the_dataset_as_it_stands_has_no_errors(dataset):
    outcome = check(dataset)
    assert errors(outcome) == []
    assert outcome.report.passed()
    assert len(outcome.tables) == 11
    assert outcome.tables["facts"].height >= 180


@pytest.mark.parametrize(
    ("file", "fact_id", "old", "new", "code", "field"),
    [
        ("csm-iran-limits.csv", "csm-brics-member-count", ",11,", ",12,", "FP402", "value"),
        ("csm-iran-limits.csv", "csm-china-share-of-oil-exports-iran", ",90,", ",190,", "FP205", "value"),
        ("csm-iran-limits.csv", "csm-iran-joined-sco", ",2023,", ",2032,", "FP209", "date"),
        ("headpost-belarus-sco.csv", "headpost-iran-joined-sco", ",2023-07-04,", ",2032-07-04,", "FP209", "date"),
        (
            "sputnik-indonesia-brics.csv",
            "sputnik-indonesia-joined-brics",
            ",indonesia,",
            ",indonesa,",
            "FP202",
            "subject",
        ),
    ],
)
def test_a_changed_cell_is_named_with_its_line_and_column(dataset, file, fact_id, old, new, code, field):
    line, column = edit(dataset, file, fact_id, old, new)
    outcome = check(dataset)
    assert not outcome.report.passed()
    places = {(one.code, one.file, one.line, one.column, one.field, one.fact_id) for one in errors(outcome)}
    assert (code, f"raw/facts/{file}", line, column, field, fact_id) in places


def test_a_number_and_a_decimal_that_is_not_its_own_grammar_is_named(dataset):
    for value in ("11.0", "1e1", "eleven", "\uff11\uff11", "+11", "011"):
        root = dataset / value.encode().hex()
        shutil.copytree(dataset / "raw", root / "raw")
        for name in ("schemas", "transforms"):
            shutil.copytree(dataset / name, root / name)
        shutil.copy(dataset / "pyproject.toml", root)
        line, _ = edit(root, "csm-iran-limits.csv", "csm-brics-member-count", ",11,", f",{value},")
        assert ("FP205", line) in {(one.code, one.line) for one in errors(check(root))}, value


def test_every_way_to_lose_a_membership_that_a_count_rests_on_is_found(dataset):
    """Take out all facts that make a country a member: the stated counts that counted it break."""
    outcome = check(dataset)
    sco = outcome.tables["memberships"].filter(organization="sco", role="member", standing="asserted")
    assert sco.height == 10
    for member, fact_ids in sco.select("member", "fact_ids").iter_rows():
        root = dataset.parent / f"{dataset.name}-{member}"
        shutil.copytree(dataset, root)
        for file in (root / "raw" / "facts").glob("*.csv"):
            rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
            with file.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out, lineterminator="\n").writerows(row for row in rows if row[0] not in fact_ids)
        found = errors(check(root))
        # The anchors of the facts that are gone lead nowhere, and are told of too.
        counted = [one for one in found if one.code != "FP623"]
        assert {one.code for one in counted} == {"FP402"}, member
        assert {one.fact_id for one in counted} <= {count.fact_id for count in outcome.report.counts}
        assert {one.fact_id for one in found if one.code == "FP623"} == set(fact_ids)


def test_a_row_cut_short_is_named(dataset):
    path = dataset / "raw" / "facts" / "cna-no-limits.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = ",".join(lines[1].split(",")[:5])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = errors(check(dataset))
    assert [(one.code, one.file, one.line) for one in found] == [("FP104", "raw/facts/cna-no-limits.csv", 2)]


def test_a_quotation_mark_of_windows_1252_is_named(dataset):
    path = dataset / "raw" / "facts" / "cna-no-limits.csv"
    content = path.read_bytes().splitlines(keepends=True)
    content[1] = content[1].rstrip(b"\n") + b"\x93\n"
    path.write_bytes(b"".join(content))
    (found,) = errors(check(dataset))
    expected = ("FP101", "raw/facts/cna-no-limits.csv", 2, len(content[1].decode("utf-8", "replace")) - 1)
    assert (found.code, found.file, found.line, found.column) == expected


@pytest.mark.parametrize("content", ["", "header"])
def test_an_empty_facts_file_is_no_pass(dataset, content):
    path = dataset / "raw" / "facts" / "cna-no-limits.csv"
    header = path.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    path.write_text(header if content else "", encoding="utf-8")
    assert {("FP110", "raw/facts/cna-no-limits.csv")} == {(one.code, one.file) for one in errors(check(dataset))}


def test_a_misspelt_column_is_no_pass(dataset):
    path = dataset / "raw" / "facts" / "cna-no-limits.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("modifier", "modifyer", 1), encoding="utf-8")
    found = errors(check(dataset))
    assert {(one.code, one.line) for one in found} == {("FP103", 1)}
    column = text.splitlines()[0].index("modifier") + 1
    assert column in {one.column for one in found}


def test_a_phrase_that_its_note_does_not_have_is_named(dataset):
    line, _ = edit(dataset, "cna-no-limits.csv", "cna-no-limits-declaration-occurred", "4 February", "5 February")
    found = errors(check(dataset))
    assert ("FP601", "raw/facts/cna-no-limits.csv", line) in {(one.code, one.file, one.line) for one in found}


def test_a_note_that_was_edited_is_named(dataset):
    note = dataset / "raw" / "notes" / "cna-no-limits.txt"
    note.write_text(note.read_text(encoding="utf-8") + "\nmore\n", encoding="utf-8")
    (found,) = errors(check(dataset))
    assert (found.code, found.file, found.field) == ("FP603", "raw/sources.csv", "text_sha256")


def test_two_facts_with_one_id_are_named_across_files(dataset):
    source = (dataset / "raw" / "facts" / "cna-no-limits.csv").read_text(encoding="utf-8").splitlines()
    other = dataset / "raw" / "facts" / "anews-iran-china.csv"
    fact_id = source[1].split(",")[0]
    lines = other.read_text(encoding="utf-8").splitlines()
    lines[1] = re.sub(r"^[^,]+", fact_id, lines[1])
    other.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "FP115" in {one.code for one in errors(check(dataset))}
