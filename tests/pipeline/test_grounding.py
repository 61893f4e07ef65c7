"""What a published package says of the words: verdicts, places, annotations, reports; on any machine the same."""

import json
import shutil
import subprocess
import sys

import polars as pl
import pytest

from factpack import pipeline, project


def publish(root, articles=()):
    loaded = project.load(root)
    validated = pipeline.validate(loaded, suites=False, articles=articles)
    assert validated.report.passed(), validated.report.findings
    outcome = pipeline.publish(loaded, validated)
    return outcome.outcome.path


@pytest.fixture
def package(dataset, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    return publish(dataset)


def test_every_fact_has_its_verdict_and_the_hash_of_its_words(package):
    facts = pl.read_parquet(package / "data" / "facts.parquet")
    assert set(facts["verdict"]) == {"grounded", "bound_only", "event_relative"}
    assert (facts["anchor_start"] < facts["anchor_end"]).all()
    # Where the words stand in the text as they stand in the fact, their hash is that of the phrase.
    import hashlib

    same = [
        hashlib.sha256(phrase.encode()).hexdigest() == digest
        for phrase, digest in facts.select("phrase", "quote_sha256").iter_rows()
    ]
    assert sum(same) > 0.9 * facts.height


def test_annotations_follow_the_web_annotation_model(package):
    collection = json.loads((package / "annotations.jsonld").read_text(encoding="utf-8"))
    facts = pl.read_parquet(package / "data" / "facts.parquet")
    assert collection["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert (collection["type"], collection["total"]) == ("AnnotationCollection", facts.height)
    items = collection["first"]["items"]
    assert len({item["id"] for item in items}) == len(items) == facts.height
    for item in items:
        quote, position = item["target"]["selector"]
        assert item["type"] == "Annotation"
        assert (quote["type"], position["type"]) == ("TextQuoteSelector", "TextPositionSelector")
        assert set(quote) == {"type", "exact"}, "no word of an article beyond the phrase"
        assert len(quote["exact"].split()) <= 12
        assert 0 <= position["start"] < position["end"]
    notes = pl.read_parquet(package / "data" / "sources.parquet").filter(text_kind="note")["source_id"]
    told = [item for item in items if any("From our note" in one.get("value", "") for one in item["body"])]
    assert len(told) == facts.filter(pl.col("source_id").is_in(notes.implode())).height


def test_reports_sum_up_verdicts_and_coverage(package):
    grounding = json.loads((package / "reports" / "grounding.json").read_text(encoding="utf-8"))
    coverage = json.loads((package / "reports" / "coverage.json").read_text(encoding="utf-8"))
    assert sum(grounding["verdicts"].values()) == grounding["facts"]
    assert len(coverage) == 23
    assert all(one["carried"] + one["waived"] == one["numerals"] for one in coverage)


def test_a_machine_with_the_texts_publishes_the_same_bytes_as_one_without(small_dataset, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    with_texts, without = small_dataset
    one, two = publish(with_texts), publish(without)
    assert (one / "SHA256SUMS").read_bytes() == (two / "SHA256SUMS").read_bytes()


@pytest.fixture
def small_dataset(dataset, tmp_path_factory):
    """Two copies of the dataset, in which a note is an article: one has its text, the other the lock alone."""
    sources = dataset / "raw" / "sources.csv"
    lines = sources.read_text(encoding="utf-8").splitlines()
    changed = [line.replace(",note,", ",article,") if line.startswith("nation-") else line for line in lines]
    sources.write_text("\n".join(changed) + "\n", encoding="utf-8")
    (dataset / "raw" / "articles").mkdir()
    shutil.move(dataset / "raw" / "notes" / "nation-belarus-sco.txt", dataset / "raw" / "articles")
    without = tmp_path_factory.mktemp("without") / "dataset"
    shutil.copytree(dataset, without)
    shutil.rmtree(without / "raw" / "articles")
    return dataset, without


def run(*arguments):
    command = [sys.executable, "-m", "factpack", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def test_the_commands_of_the_curator(dataset):
    grounded = run("ground", dataset)
    assert grounded.returncode == 0
    assert "325 grounded" in grounded.stdout
    covered = run("coverage", dataset)
    assert covered.returncode == 0
    assert covered.stdout.count("100.0%") == 23
    drafted = run("draft", "nation-belarus-sco", dataset)
    assert drafted.returncode == 0
    assert drafted.stdout.startswith("fact_id,subject,predicate,")
    assert drafted.stdout.count("\n") == 12
    unknown = run("draft", "nothing", dataset)
    assert (unknown.returncode, "the text of 'nothing' is not at hand" in unknown.stderr) == (2, True)


def test_a_wrong_value_in_a_note_is_told_with_what_the_words_give(dataset):
    path = dataset / "raw" / "facts" / "nation-belarus-sco.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",10,states", ",11,states", 1), encoding="utf-8")
    done = run("validate", "--no-suites", dataset)
    assert done.returncode == 1
    assert "FP605 value-mismatch: value is '11', but the words give 10" in done.stdout
    assert "FP402 stated-count: member_count is stated as 11, counted 10" in done.stdout
    assert run("ground", "--write", dataset).returncode == 1


def test_an_import_verifies_every_span(dataset, tmp_path):
    text = (dataset / "raw" / "notes" / "nation-belarus-sco.txt").read_text(encoding="utf-8")
    good = {
        "extraction_class": "member_count",
        "extraction_text": "count to ten states",
        "attributes": {"subject": "sco", "value": "10"},
    }
    bad = good | {"extraction_text": "count to eleven states"}
    file = tmp_path / "data.jsonl"
    file.write_text(json.dumps({"document_id": "n", "text": text, "extractions": [good, bad]}) + "\n", encoding="utf-8")
    done = run("import-langextract", file, "nation-belarus-sco", dataset)
    assert done.returncode == 1
    assert done.stdout.count("\n") == 2
    assert "'count to eleven states' does not stand in its text" in done.stderr
