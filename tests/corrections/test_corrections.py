"""A correction replaces a raw value as long as it is the one that was found wrong, and is data in the package."""

import pytest

import factpack
from factpack import pipeline, project
from factpack.report import Severity

HEAD = "correction_id,fact_id,field,expect,value,corrected,reason"


@pytest.fixture
def correct(dataset, monkeypatch):
    """Write corrections, and validate the dataset with them."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")

    def write(*rows):
        lines = [HEAD, *(",".join(("c1", *row, "2026-01-01", "a test")) for row in rows)]
        (dataset / "raw" / "corrections.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        loaded = project.load(dataset)
        return loaded, pipeline.validate(loaded, suites=False)

    return write


FACT = "nation-sco-member-count"


@pytest.fixture
def wrong(dataset):
    """Let an extractor read 11 where the words say ten."""
    path = dataset / "raw" / "facts" / "nation-belarus-sco.csv"
    text = path.read_text(encoding="utf-8")
    assert ",10,states" in text
    path.write_text(text.replace(",10,states", ",11,states", 1), encoding="utf-8")


def codes(validated):
    return {finding.code for finding in validated.report.findings if finding.severity is Severity.ERROR}


@pytest.mark.usefixtures("wrong")
def test_a_correction_that_holds_takes_the_place_of_the_raw_value_and_is_published(correct):
    loaded, validated = correct((FACT, "value", "11", "10"))
    assert codes(validated) == set()
    pipeline.publish(loaded, validated)
    opened = factpack.open(loaded.published)
    assert opened.fact(FACT).row["value"] == "10"
    assert f"c1,{FACT},value,11,10," in opened.files.read("corrections.csv", 10_000).decode()
    assert "corrections.csv" in {one["name"] for one in opened.manifest["subject"]}


def test_a_correction_whose_raw_value_was_put_right_meanwhile_is_named_at_its_line(correct):
    _, validated = correct((FACT, "value", "11", "10"))
    (finding,) = [one for one in validated.report.findings if one.code == "FP704"]
    assert (finding.file, finding.line, finding.fact_id) == ("raw/corrections.csv", 2, FACT)
    assert finding.message == f"value of {FACT} is '10', and the correction expects '11'"


def test_a_correction_of_no_fact_is_named(correct):
    _, validated = correct(("no-such-fact", "value", "1", "2"))
    assert "FP704" in codes(validated)


def test_a_corrected_value_is_held_against_the_words_too(correct):
    _, validated = correct((FACT, "value", "10", "12"))
    assert "FP605" in codes(validated)
