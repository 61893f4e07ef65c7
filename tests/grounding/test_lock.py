"""What was found is locked; whatever changes since is named, with the text at hand and without."""

import pytest

TEXT = "BRICS now has eleven member countries.\n\nRussia and Iran signed the partnership treaty in January 2025.\n"
FACTS = (
    {
        "subject": "brics",
        "predicate": "member_count",
        "value": "11",
        "unit": "states",
        "phrase": "now has eleven member",
    },
    {"subject": "treaty", "predicate": "signed", "date": "2025-01", "phrase": "treaty in January 2025"},
)


@pytest.fixture
def project(small):
    made = small(TEXT)
    made.write(*FACTS)
    assert made.check(write=True).report.passed()
    return made


@pytest.fixture(params=["text", "lock"])
def machine(request, project):
    """The project on a machine that has the article, and on one that has not."""
    if request.param == "lock":
        project.text.unlink()
    return project


def codes(outcome):
    return [finding.code for finding in outcome.report.findings]


def test_an_anchored_project_passes_with_and_without_its_texts(machine):
    outcome = machine.check()
    assert (codes(outcome), outcome.report.passed()) == ([], True)
    at_hand = machine.text.exists()
    assert outcome.checked.anchors["checked"].unique().to_list() == (["text"] if at_hand else ["lock"])
    assert bool(outcome.report.skipped) is not at_hand


@pytest.mark.parametrize(
    "change",
    [
        {"value": "12"},
        {"phrase": "has eleven member countries"},
        {"polarity": "negated"},
        {"modifier": "approximate"},
        {"as_of": "2025-06-26"},
        {"paragraph": "1"},
    ],
)
def test_any_change_to_a_row_is_caught(machine, change):
    machine.write(FACTS[0] | change, FACTS[1])
    outcome = machine.check()
    assert not outcome.report.passed()
    assert {finding.fact_id for finding in outcome.report.findings} == {"f0"}
    assert outcome.report.findings[0].line == 2


def test_a_comment_may_change(machine):
    machine.write(FACTS[0] | {"note": "a comment"}, FACTS[1])
    assert machine.check().report.passed()


def test_another_claim_under_the_same_id_is_not_taken_even_when_the_words_say_it(project):
    other = {"subject": "russia", "predicate": "price", "value": "11", "unit": "USD", "phrase": "now has eleven member"}
    swapped = {"subject": "treaty", "predicate": "not_before", "date": "2025-01", "phrase": "treaty in January 2025"}
    project.write(FACTS[0], swapped)
    assert codes(project.check()) == ["FP624"]
    assert codes(project.check(write=True)) == ["FP624"]
    project.write(FACTS[0], swapped | {"fact_id": "f2"})
    assert sorted(codes(project.check())) == ["FP620", "FP623"]
    assert project.check(write=True).report.passed()
    project.write(other, swapped | {"fact_id": "f2"})
    assert not project.check(write=True).report.passed()


def test_a_fact_that_is_not_grounded_gets_no_line(project):
    wrong = {
        "subject": "brics",
        "predicate": "member_count",
        "value": "12",
        "unit": "states",
        "phrase": "now has eleven member",
    }
    project.write(*FACTS, wrong)
    assert codes(project.check(write=True)) == ["FP605"]
    assert "f2," not in (project.root / "raw" / "anchors.lock").read_text(encoding="utf-8")


def test_a_new_fact_and_one_that_is_gone_are_named(machine):
    machine.write(FACTS[0], FACTS[1] | {"fact_id": "g1"})
    assert sorted(codes(machine.check())) == ["FP620", "FP623"]


def test_without_any_lock_nothing_passes(machine):
    (machine.root / "raw" / "anchors.lock").unlink()
    assert codes(machine.check()) == ["FP620"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (",grounded,", ",bound_only,", 2),
        ("f0,s,", "f0,t,", 2),
        ("f1,s,", "<<<<<<< ours\nf1,s,", 3),
        ("f1,s,", "=======\nf1,s,", 3),
        ("fact_id,source_id", "source_id,fact_id", 1),
    ],
)
def test_a_lock_edited_or_merged_by_hand_is_named_at_its_line(machine, old, new, line):
    lock = machine.root / "raw" / "anchors.lock"
    text = lock.read_text(encoding="utf-8")
    assert old in text
    lock.write_text(text.replace(old, new, 1), encoding="utf-8")
    findings = machine.check().report.findings
    assert ("FP622", "raw/anchors.lock", line) in {(one.code, one.file, one.line) for one in findings}


def test_lines_out_of_order_or_twice_are_named(machine):
    lock = machine.root / "raw" / "anchors.lock"
    head, first, second = lock.read_text(encoding="utf-8").splitlines()
    for lines in ([head, second, first], [head, first, first, second]):
        lock.write_text("\n".join([*lines, ""]), encoding="utf-8")
        assert "FP622" in codes(machine.check())


def test_both_sides_of_a_merge_that_added_facts_fit_together(project):
    """Two branches each add a fact: their locks, merged line by line, are what one branch would have written."""
    lock = project.root / "raw" / "anchors.lock"
    third = {
        "fact_id": "a",
        "subject": "brics",
        "predicate": "member_count",
        "value": "11",
        "unit": "states",
        "phrase": "eleven member countries",
    }
    fourth = third | {"fact_id": "z", "phrase": "BRICS now has eleven"}
    both = []
    for added in (third, fourth):
        project.write(*FACTS, added)
        project.check(write=True)
        both.append(lock.read_text(encoding="utf-8").splitlines())
    project.write(*FACTS, third, fourth)
    project.check(write=True)
    head, *merged = sorted({*both[0], *both[1]}, key=lambda line: (not line.startswith("fact_id,"), line))
    assert lock.read_text(encoding="utf-8").splitlines() == [head, *merged]


def test_a_changed_text_is_named_until_its_hash_is_taken_over_and_then_the_facts_are(project):
    project.text.write_text("Intro.\n\n" + TEXT, encoding="utf-8")
    assert codes(project.check()) == ["FP603"]
    import hashlib

    sources = project.root / "raw" / "sources.csv"
    old, new = (hashlib.sha256(text.encode()).hexdigest() for text in (TEXT, "Intro.\n\n" + TEXT))
    sources.write_text(sources.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert codes(project.check()) == ["FP621", "FP621"]
    assert project.check(write=True).report.passed()


def test_writing_twice_gives_the_same_bytes(project):
    lock = project.root / "raw" / "anchors.lock"
    before = lock.read_bytes()
    project.check(write=True)
    assert lock.read_bytes() == before
