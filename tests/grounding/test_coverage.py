"""Every numeral of a text is carried by a fact, waived with a reason, or named."""

import pytest

from factpack import project as projects

TEXT = "BRICS now has eleven member countries, and the second of 16 summits was in 2009.\n\nOther words.\n"
FACT = {
    "subject": "brics",
    "predicate": "member_count",
    "value": "11",
    "unit": "states",
    "phrase": "now has eleven member",
}
WAIVERS = "source_id,paragraph,words,reason\ns,1,second of 16,a count of summits\ns,1,in 2009,when is another matter\n"


@pytest.fixture
def made(small):
    project = small(TEXT)
    project.write(FACT)
    return project


def threshold(project, percent):
    settings = project.root / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + f"coverage = {percent}\n", encoding="utf-8")


def test_what_no_fact_carries_is_named_with_its_place(made):
    outcome = made.check(write=True)
    assert outcome.report.passed()
    told = {(one.code, str(one.severity), one.line, one.column, one.value) for one in outcome.report.findings}
    assert told == {
        ("FP630", "warning", 1, TEXT.index("second") + 1, "second"),
        ("FP630", "warning", 1, TEXT.index("16") + 1, "16"),
        ("FP630", "warning", 1, TEXT.index("2009") + 1, "2009"),
    }
    assert outcome.checked.coverage.rows() == [("s", 4, 1, 0, "text")]


def test_a_threshold_fails_and_waivers_meet_it(made):
    threshold(made, 100)
    outcome = made.check(write=True)
    assert {one.code for one in outcome.report.findings} == {"FP630", "FP631"}
    assert not outcome.report.passed()
    (made.root / "raw" / "waivers.csv").write_text(WAIVERS, encoding="utf-8")
    assert made.check(write=True).report.findings == ()
    assert made.check().checked.coverage.rows() == [("s", 4, 1, 3, "text")]


def test_a_waiver_that_waives_nothing_is_named(made):
    wrong = WAIVERS + "s,2,Other,no numeral here\ns,9,eleven,no such paragraph\nt,1,eleven,no such source\n"
    (made.root / "raw" / "waivers.csv").write_text(wrong, encoding="utf-8")
    outcome = made.check(write=True)
    assert [(one.code, one.line) for one in outcome.report.findings] == [("FP632", 4), ("FP632", 5), ("FP632", 6)]


def test_without_the_text_the_lock_knows_the_coverage_until_facts_or_waivers_change(made):
    threshold(made, 25)
    assert made.check(write=True).report.passed()
    made.text.unlink()
    outcome = made.check()
    assert (outcome.report.findings, outcome.checked.coverage.rows()) == ((), [("s", 4, 1, 0, "lock")])
    (made.root / "raw" / "waivers.csv").write_text(WAIVERS, encoding="utf-8")
    assert [one.code for one in made.check().report.findings] == ["FP633"]


def test_every_numeral_of_the_dataset_is_carried_or_waived(repository):
    from factpack import pipeline

    loaded = projects.load(repository)
    assert loaded.coverage == 100
    outcome = pipeline.ground(loaded)
    known = outcome.checked.coverage
    assert known["source_id"].to_list() == sorted(known["source_id"])
    assert known.height == 23
    assert (known["carried"] + known["waived"]).to_list() == known["numerals"].to_list()
