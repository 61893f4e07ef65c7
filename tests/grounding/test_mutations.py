"""Change the meaning of any fact of the dataset, and it is not accepted: neither by its words, nor by its lock."""

import random
import re
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factpack import project, sources, vocabulary
from factpack.grounding import anchors, lock, verdicts
from factpack.grounding.facts import ground
from factpack.report import Severity

MODIFIERS = [None, "approximate", "at_least", "at_most", "more_than", "less_than"]


@pytest.fixture(scope="module")
def loaded(repository):
    found = project.load(repository)
    raw, _ = sources.read(found)
    texts = {path.stem for path in (repository / "raw" / "notes").glob("*.txt")}
    # The article itself is its publisher's; its facts are mutated where it is at hand.
    return found, replace(raw, facts=raw.facts.filter(pl.col("source_id").is_in(list(texts))))


def values(fact, kind, draw):
    """Give another value, and nothing that means the same."""
    match kind:
        case "integer" | "ordinal":
            return [str(int(fact["value"]) + draw.choice([-1, 1, 10, 1000])), fact["value"] + "0"]
        case "percent":
            return [f"{(float(fact['value']) + draw.choice([1, 7.5])) % 100:g}"]
        case "money":
            return [str(int(fact["value"]) * draw.choice([2, 10, 1000]))]
        case "duration":
            return [
                f"P{draw.randrange(30, 99)}Y",
                re.sub("[0-9]+", lambda number: f"{number[0]}1", fact["value"], count=1),
            ]
        case "text":
            words = fact["value"].split()
            return [f"no {fact['value']}", " ".join(reversed(words)) if len(words) > 1 else words[0] + "x"]
        case _:
            return []


def dates(date, draw):
    """Give other dates: one less precise, one more, and another of the same precision."""
    year = f"{int(date[:4]) + draw.choice([-1, 1, 10])}{date[4:]}"
    match len(date):
        case 4:
            return [year, f"{date}-0{draw.randrange(1, 9)}", f"{date}-06-{draw.randrange(10, 28)}", f"{date}~"]
        case 7 if date[5] in "01":
            return [
                year,
                date[:4],
                f"{date}-1{draw.randrange(9)}",
                f"{date[:5]}{int(date[5:]) % 12 + 1:02d}",
                f"{date}~",
            ]
        case 10:
            return [year, date[:4], date[:7], f"{date[:8]}{int(date[8:]) % 28 + 1:02d}", f"{date}~"]
        case _:
            return []


def mutations(fact, kind, subject_kinds, draw):
    """Give every change of one fact that changes what it says."""
    changed = [{"value": value} for value in values(fact, kind, draw)]
    if kind in {"integer", "percent", "money"}:
        changed += [{"modifier": modifier} for modifier in MODIFIERS if modifier != fact["modifier"]]
    changed += [{"date": date} for date in (dates(fact["date"], draw) if fact["date"] else [])]
    changed.append({"polarity": None if fact["polarity"] else "negated"})
    if fact["object"] in subject_kinds:
        changed.append({"subject": fact["object"], "object": fact["subject"]})
    words = fact["phrase"].split()
    if len(words) > 3:
        changed.append({"phrase": " ".join([words[0], *words[2:]])})
    return [fact | change for change in changed]


def mutate(raw, seed):
    draw = random.Random(seed)
    kinds = dict(raw.predicates.select("predicate", "value_type").iter_rows())
    known = set(raw.entities["entity_id"])
    changed = [one for fact in raw.facts.to_dicts() for one in mutations(fact, kinds[fact["predicate"]], known, draw)]
    return pl.DataFrame(
        [one | {"note": one["fact_id"], "fact_id": f"m{n}"} for n, one in enumerate(changed)], schema=raw.facts.schema
    )


@settings(max_examples=5)
@given(seed=st.integers(0, 10**6))
def test_no_change_of_meaning_is_accepted_by_the_words_alone(loaded, seed):
    found, raw = loaded
    changed = mutate(raw, seed)
    assert changed.height > 1000
    refused = vocabulary.check(replace(raw, facts=changed), found)
    faulty = [one.fact_id for one in refused.findings if one.severity is Severity.ERROR]
    left = replace(raw, facts=changed.filter(~pl.col("fact_id").is_in(faulty)))
    accepted = ground(left, found).anchors.filter(pl.col("verdict").is_in(verdicts.ACCEPTED))
    wrong = changed.join(accepted, on="fact_id").select(
        "note", "subject", "object", "value", "date", "modifier", "polarity", "phrase"
    )
    assert wrong.rows() == []


def test_no_change_at_all_is_accepted_by_the_lock(loaded, repository):
    """Without any text at hand: each change of a cell breaks the anchor of its fact."""
    found, raw = loaded
    locked, broken = lock.read(repository / "raw" / "anchors.lock", lock.ANCHORS, found)
    assert broken == ()
    nothing = ground(replace(raw, facts=raw.facts.clear()), found).anchors
    held = locked.join(raw.facts, on="fact_id", how="semi")
    assert anchors.compare(raw, nothing, held, "raw/anchors.lock") == ()
    columns = [
        "subject",
        "predicate",
        "object",
        "value",
        "unit",
        "date",
        "as_of",
        "modifier",
        "polarity",
        "attributed_to",
        "phrase",
    ]
    for column in columns:
        other = raw.facts.with_columns(
            pl.when(pl.col(column).is_null()).then(pl.lit("x")).otherwise(pl.col(column) + "x").alias(column)
        )
        told = anchors.compare(replace(raw, facts=other), nothing, held, "raw/anchors.lock")
        assert len(told) == raw.facts.height, column
        assert {one.code for one in told} <= {"FP621", "FP624"}


def test_the_places_of_the_dataset_are_the_words_of_its_texts(loaded, repository):
    found, raw = loaded
    for source_id, start, end, exact in (
        ground(raw, found).anchors.select("source_id", "start", "end", "exact").iter_rows()
    ):
        text = (repository / "raw" / "notes" / f"{source_id}.txt").read_text(encoding="utf-8")
        assert text[start:end] == exact
