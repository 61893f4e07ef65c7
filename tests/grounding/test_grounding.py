"""Phrases are found in the text of their own source, and their words must say what the fact says."""

import hashlib

import pytest

TEXT = """Last year BRICS, a bloc of Russia and China, which now has eleven member countries, met for the 16th time.

Iran has sold Russia thousands of drones; China buys an estimated 90% of Iranian oil exports.

In January 2025 Russia and Iran signed a 20-year partnership treaty, which does not contain a defense clause.

“These are not easy times,” Xi Jinping told Vladimir Putin of the treaty. Saudi Arabia is invited only by BRICS.

The BRICS summit of 6-7 July will cost Russia up to $20 million. The treaty took effect just weeks before that.
"""


@pytest.mark.parametrize(
    "fact",
    [
        {
            "subject": "brics",
            "predicate": "member_count",
            "value": "11",
            "unit": "states",
            "as_of": "2025-06-26",
            "phrase": "now has eleven member",
        },
        {
            "subject": "brics",
            "predicate": "edition",
            "value": "16",
            "unit": "edition",
            "phrase": "met for the 16th time",
        },
        {
            "subject": "china",
            "predicate": "share",
            "object": "iran",
            "value": "90",
            "unit": "percent",
            "modifier": "approximate",
            "phrase": "an estimated 90% of Iranian oil exports",
        },
        {
            "subject": "treaty",
            "predicate": "signed",
            "date": "2025-01",
            "phrase": "In January 2025 Russia and Iran signed",
        },
        {"subject": "treaty", "predicate": "term", "value": "P20Y", "phrase": "a 20-year partnership treaty"},
        {"subject": "treaty", "predicate": "term", "value": "P240M", "phrase": "a 20-year partnership treaty"},
        {
            "subject": "treaty",
            "predicate": "contains",
            "value": "defence",
            "polarity": "negated",
            "phrase": "contain a defense clause",
        },
        {
            "subject": "xi-jinping",
            "predicate": "said",
            "value": "These are not easy times",
            "phrase": "These are not easy times",
        },
        {
            "subject": "saudi-arabia",
            "predicate": "invited_to",
            "object": "brics",
            "phrase": "Saudi Arabia is invited only",
        },
        {
            "subject": "saudi-arabia",
            "predicate": "member_of",
            "object": "brics",
            "polarity": "negated",
            "phrase": "Saudi Arabia is invited only",
        },
        {"subject": "brics", "predicate": "planned", "date": "2025-07-06/2025-07-07", "phrase": "summit of 6-7 July"},
        {
            "subject": "russia",
            "predicate": "price",
            "value": "20000000",
            "unit": "USD",
            "modifier": "at_most",
            "phrase": "up to $20 million",
        },
        {"subject": "china", "predicate": "member_of", "object": "brics", "phrase": "Russia and China"},
    ],
)
def test_what_the_words_say_is_grounded(small, fact):
    verdicts, findings = small(TEXT).ground(fact)
    assert (verdicts, findings) == (["grounded"], ())


def test_an_open_bound_and_a_date_counted_from_an_event_have_verdicts_of_their_own(small):
    project = small(TEXT + "\nIn May 2024, just weeks before the treaty, they met.\n")
    drones = {"subject": "iran", "predicate": "sold", "object": "russia", "value": "2000", "unit": "drones"}
    dated = {"subject": "treaty", "predicate": "not_before", "date": "2024-05"}
    facts = [
        drones | {"modifier": "at_least", "phrase": "sold Russia thousands of drones"},
        dated | {"phrase": "In May 2024, just weeks before the treaty"},
    ]
    assert project.ground(*facts) == (["bound_only", "event_relative"], ())
    assert project.verdict(**drones, phrase="sold Russia thousands of drones") == "value_mismatch"


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"value": "12"}, "value_mismatch"),
        ({"modifier": "approximate"}, "value_mismatch"),
        ({"phrase": "now has eleven members"}, "phrase_missing"),
        ({"phrase": "met for the 16th time"}, "unsupported"),
        ({"phrase": "BRICS"}, "phrase_ambiguous"),
        ({"polarity": "negated"}, "denied"),
        ({"subject": "brics", "as_of": "2024-06-26"}, "unsupported"),
    ],
)
def test_a_count_that_the_words_do_not_say_is_told(small, change, verdict):
    fact = {
        "subject": "brics",
        "predicate": "member_count",
        "value": "11",
        "unit": "states",
        "phrase": "now has eleven member",
    }
    assert small(TEXT).verdict(**fact | change) == verdict


@pytest.mark.parametrize(
    ("date", "verdict"),
    [
        ("2025-01", "grounded"),
        ("2025-01-17", "precision_overclaim"),
        ("2025", "precision_underclaim"),
        ("2025-02", "value_mismatch"),
        ("2025-01~", "precision_underclaim"),
        ("2024-01", "value_mismatch"),
    ],
)
def test_a_date_is_as_precise_as_its_words(small, date, verdict):
    assert (
        small(TEXT).verdict(subject="treaty", predicate="signed", date=date, phrase="In January 2025 Russia") == verdict
    )


def test_about_a_date_is_not_the_date(small):
    project = small("The treaty was signed in about 2009, or in mid-June, Russia and Iran say.")
    about = {"subject": "treaty", "predicate": "signed", "phrase": "signed in about 2009"}
    assert project.verdict(**about, date="2009~") == "grounded"
    assert project.verdict(**about, date="2009") == "precision_overclaim"
    middle = {"subject": "treaty", "predicate": "signed", "phrase": "in mid-June"}
    assert [project.verdict(**middle, date=date) for date in ("2025-06~", "2025-06", "2025-06-15")] == [
        "grounded",
        "grounded",
        "precision_overclaim",
    ]


@pytest.mark.parametrize(
    ("phrase", "verdict"),
    [
        ("10 member", "value_mismatch"),
        ("0 member countries", "value_mismatch"),
        ("110 member countries", "value_mismatch"),
    ],
)
def test_a_phrase_cut_out_of_a_number_gives_the_whole_number(small, phrase, verdict):
    fact = {"subject": "brics", "predicate": "member_count", "value": "10", "unit": "states"}
    assert small("BRICS has 110 member countries.").verdict(**fact, phrase=phrase) == verdict


def test_leaving_the_hedge_or_the_not_out_of_the_phrase_changes_nothing(small):
    project = small(TEXT)
    share = {"subject": "china", "predicate": "share", "object": "iran", "value": "90", "unit": "percent"}
    assert project.verdict(**share, phrase="90% of Iranian oil exports") == "value_mismatch"
    clause = {"subject": "treaty", "predicate": "contains", "value": "defense clause"}
    assert project.verdict(**clause, phrase="contain a defense clause") == "denied"


def test_who_acts_on_whom_is_read(small):
    project = small("Iran sold Russia 300 drones. 40 drones were sold to Iran by China, Xi Jinping said.")
    sold = {"predicate": "sold", "unit": "drones"}
    assert project.verdict(**sold, subject="iran", object="russia", value="300", phrase="300 drones") == "grounded"
    assert project.verdict(**sold, subject="russia", object="iran", value="300", phrase="300 drones") == "swapped"
    assert project.verdict(**sold, subject="china", object="iran", value="40", phrase="40 drones") == "grounded"
    assert project.verdict(**sold, subject="iran", object="china", value="40", phrase="40 drones") == "swapped"


def test_an_entity_that_the_text_does_not_name_is_told(small):
    project = small("The bloc has 11 members.\n\nRussia is one of them.\n\nSomething else.\n\nAt all.")
    fact = {"subject": "brics", "predicate": "member_count", "value": "11", "unit": "states", "phrase": "11 members"}
    assert project.verdict(**fact) == "unnamed"
    other = {"subject": "russia", "predicate": "price", "value": "11", "unit": "USD", "phrase": "Something else"}
    assert project.verdict(**other) == "unsupported"
    sources = project.root / "raw" / "sources.csv"
    sources.write_text(sources.read_text(encoding="utf-8").replace("s,,p", "s,BRICS meets,p"), encoding="utf-8")
    assert project.verdict(**fact) == "grounded"


def test_lists_of_names_are_counted(small):
    project = small("BRICS began as an alliance among Brazil, Russia, India, and China, which met.")
    fact = {
        "subject": "brics",
        "predicate": "member_count",
        "unit": "states",
        "phrase": "an alliance among Brazil, Russia, India",
    }
    assert project.verdict(**fact, value="4") == "grounded"
    assert project.verdict(**fact, value="3") == "value_mismatch"


def test_two_values_in_one_phrase_are_one_too_many(small):
    project = small("BRICS has 11 members and 8 partners, of which 38.8% in 2024.")
    fact = {"subject": "brics", "predicate": "member_count", "unit": "states", "value": "11"}
    assert project.verdict(**fact, phrase="11 members and 8 partners") == "value_ambiguous"
    assert project.verdict(**fact, phrase="11 members") == "grounded"


def test_the_words_of_a_note_are_nobody_s_quotation(small):
    fact = {"subject": "xi-jinping", "predicate": "said", "value": "hard times", "phrase": "hard times"}
    assert small('Xi Jinping spoke of "hard times" then.', kind="note").verdict(**fact) == "unsupported"


def test_a_quotation_needs_its_marks(small):
    fact = {"subject": "xi-jinping", "predicate": "said", "value": "hard times"}
    project = small("Xi Jinping spoke of «hard times» then, and of bad times.")
    assert project.verdict(**fact, phrase="hard times") == "grounded"
    assert project.verdict(**fact | {"value": "bad times"}, phrase="bad times") == "unsupported"


def test_other_typography_is_the_same_phrase_and_its_place_is_that_of_the_text(small):
    project = small("Intro.\n\nBRICS\u00a0has  ‘eleven’ mem\u00adber states — it’s so.")
    fact = {"subject": "brics", "predicate": "member_count", "value": "11", "unit": "states", "paragraph": "2"}
    project.write(fact | {"phrase": "BRICS has 'eleven' member states - it's so"})
    project.check(write=True)
    line = (project.root / "raw" / "anchors.lock").read_text(encoding="utf-8").splitlines()[1].split(",")
    text = project.text.read_text(encoding="utf-8")
    words = text[int(line[3]) : int(line[4])]
    assert words == "BRICS\u00a0has  ‘eleven’ mem\u00adber states — it’s so"
    assert line[5] == hashlib.sha256(words.encode()).hexdigest()
    assert project.check().report.passed()


def test_a_phrase_that_overlaps_itself_is_ambiguous(small):
    fact = {"subject": "brics", "predicate": "contains", "value": "ha", "phrase": "ha ha"}
    assert small("BRICS said ha ha ha once.").verdict(**fact) == "phrase_ambiguous"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BRICS caf\u00e9 11 members".encode("latin-1"), "FP101"),
        (b"BRICS has 11 members. " * 200_000, "FP604"),
    ],
)
def test_a_text_of_another_encoding_or_of_a_whole_library_is_refused(small, text, code):
    project = small("x")
    project.text.write_bytes(text)
    sources = project.root / "raw" / "sources.csv"
    old = sources.read_text(encoding="utf-8")
    digest = hashlib.sha256(b"x").hexdigest()
    sources.write_text(old.replace(digest, hashlib.sha256(text).hexdigest()), encoding="utf-8")
    fact = {"subject": "brics", "predicate": "member_count", "value": "11", "unit": "states", "phrase": "11 members"}
    _, findings = project.ground(fact)
    assert {finding.code for finding in findings} == {code}


def test_a_long_phrase_and_one_that_stands_ten_thousand_times_are_told_at_once(small):
    text = "BRICS has 11 members. " * 10_000
    fact = {"subject": "brics", "predicate": "member_count", "value": "11", "unit": "states"}
    project = small(text)
    assert project.verdict(**fact, phrase="11 members") == "phrase_ambiguous"
    assert project.verdict(**fact, phrase=text[:10_000]) == "phrase_ambiguous"
    assert project.verdict(**fact, phrase="x" * 10_000) == "phrase_missing"


def test_a_text_that_changed_is_named_and_nothing_is_looked_up_in_it(small):
    project = small(TEXT)
    project.text.write_text(TEXT.replace("eleven", "twelve"), encoding="utf-8")
    fact = {
        "subject": "brics",
        "predicate": "member_count",
        "value": "12",
        "unit": "states",
        "phrase": "now has twelve member",
    }
    verdicts, findings = project.ground(fact)
    assert (verdicts, [finding.code for finding in findings]) == ([], ["FP603"])
