"""What is remembered of the words is never older than anything it follows from."""

import pytest

from factpack import pipeline, project, scaffold
from factpack.grounding import facts, memory

CHANGES = {
    "a value": ("raw/facts/gazette-dunsby.csv", ",4,towns", ",5,towns"),
    "a date": ("raw/facts/gazette-dunsby.csv", ",2021,,", ",2022,,"),
    "a phrase": ("raw/facts/gazette-dunsby.csv", "now has four member towns", "has four member towns"),
    "a paragraph": ("raw/facts/gazette-dunsby.csv", ",2,Cold Haven", ",1,Cold Haven"),
    "a subject": ("raw/facts/gazette-dunsby.csv", "cold-haven,joined", "dunsby,joined"),
    "the day of a source": ("raw/sources.csv", "2026-05-06", "2024-05-06"),
    "the hash of a text": ("raw/sources.csv", ",note,", ",note,0"),
    "the name of an entity": ("raw/entities.csv", "Cold Haven", "Elm"),
    "the kind of an entity": ("raw/entities.csv", "Dunsby,town", "Dunsby,place"),
    "what a predicate wants named": ("schemas/predicates.csv", ",no,date object,no,", ",yes,date object,no,"),
    "a letter of a text": ("raw/notes/gazette-dunsby.txt", "four", "five"),
}


def seen(root):
    loaded = project.load(root)
    report = pipeline.validate(loaded, suites=False).report
    grounded = pipeline.ground(loaded).checked
    anchors = None if grounded is None else grounded.anchors.drop("checked").sort("fact_id").rows()
    coverage = None if grounded is None else grounded.coverage.drop("checked").sort("source_id").rows()
    return report.findings, report.verdicts, anchors, coverage


@pytest.fixture
def example(tmp_path, monkeypatch):
    monkeypatch.setenv("FACTPACK_CACHE", str(tmp_path / "cache"))
    scaffold.start(tmp_path / "set")
    pipeline.ground(project.load(tmp_path / "set"), write=True)
    seen(tmp_path / "set")
    return tmp_path / "set"


def test_a_source_is_read_once(example, monkeypatch):
    class ReadAgainError(Exception):
        pass

    def place(*_):
        raise ReadAgainError

    monkeypatch.setattr(facts.passages, "place", place)
    seen(example)
    with (example / "raw" / "entities.csv").open("a", encoding="utf-8") as file:
        file.write("elm,Elm,town,,\n")
    with pytest.raises(ReadAgainError):
        seen(example)


def test_what_is_remembered_is_what_is_read(example, monkeypatch, tmp_path):
    remembered = seen(example)
    monkeypatch.setenv("FACTPACK_CACHE", str(tmp_path / "another"))
    assert seen(example) == remembered


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_that_changed_is_remembered(example, monkeypatch, tmp_path, what):
    file, old, new = CHANGES[what]
    before = seen(example)
    text = (example / file).read_text(encoding="utf-8")
    assert old in text
    (example / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    warm = seen(example)
    monkeypatch.setenv("FACTPACK_CACHE", str(tmp_path / "another"))
    assert warm == seen(example)
    assert warm != before or what in {"the kind of an entity", "what a predicate wants named"}


def test_other_code_remembers_nothing(example, monkeypatch):
    loaded = project.load(example)
    raw, _ = pipeline.dataset.sources.read(loaded)
    assert memory.recall(raw, loaded, (), None).known.to_list() == ["gazette-dunsby"]
    monkeypatch.setattr(memory, "_code", lambda: "another version")
    assert memory.recall(raw, loaded, (), None).known.to_list() == []


def test_a_torn_memory_is_none(example):
    before = seen(example)
    (file,) = (example.parent / "cache" / "grounding").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert seen(example) == before
