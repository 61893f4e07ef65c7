"""The nearest words are a hint for a person; they are never taken for the phrase."""

import pytest

from factpack.adapters import repair

TEXT = "It gained entry to a bloc that now has eleven member countries, and in 2023 joined another."


def test_the_nearest_words_are_whole_and_few():
    pytest.importorskip("rapidfuzz")
    assert repair.nearest("now has twelve member countries", TEXT, 12) == "now has eleven member countries,"
    assert len(repair.nearest("that now has eleven member countries and in 2023", TEXT, 4).split()) == 4


def test_what_is_like_nothing_or_endless_has_no_hint():
    pytest.importorskip("rapidfuzz")
    assert repair.nearest("zzzz qqqq", TEXT, 12) is None
    assert repair.nearest("x" * 10_000, TEXT, 12) is None
    assert repair.nearest("now has", TEXT * 10_000, 12) is None
