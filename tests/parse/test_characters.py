"""Which characters are refused, over the whole of Unicode; and which ids look alike."""

import unicodedata
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factpack.parse.characters import FORBIDDEN, UNSUSPICIOUS, describe, first_forbidden, id_skeleton, skeleton

ALL = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
# Format characters that show: signs that embrace the digits or letters behind them, and hieroglyphic joiners.
SHOWN_FORMATS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
# Letters, marks and signs that do not show: fillers, joiners, variation selectors, the sign of a lost character.
HIDDEN = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0xFFFC, 0xFFFD, *range(0x180B, 0x1810)}
HIDDEN |= {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}


def test_characters_that_do_not_show_are_forbidden_and_no_others():
    wrong = []
    for character in ALL:
        code, category = ord(character), unicodedata.category(character)
        hidden = category in {"Cc", "Cf", "Co", "Zl", "Zp"} and character != "\n" and code not in SHOWN_FORMATS
        # What Unicode has not assigned may be either; it is no letter yet.
        if category != "Cn" and (hidden or code in HIDDEN) != (first_forbidden(character) is not None):
            wrong.append(describe(character))

    assert wrong == []


def test_polars_and_python_read_the_class_alike():
    found = pl.Series(ALL).to_frame("text").select(pl.col("text").str.contains(FORBIDDEN)).to_series()

    assert found.to_list() == [first_forbidden(character) is not None for character in ALL]


def test_the_cheap_test_passes_no_text_that_is_forbidden_or_not_composed():
    passed = pl.Series(ALL).to_frame("text").filter(pl.col("text").str.contains(UNSUSPICIOUS)).to_series().to_list()

    assert len(passed) > 500
    assert all(first_forbidden(character) is None and not character.isspace() for character in passed)
    assert all(unicodedata.is_normalized("NFC", one + other) for one, other in product(passed, passed[::7]))


@pytest.mark.parametrize("text", [" a", "a ", "a\n", "\xa0a", "a\xa0", " ", "\n", "a\u200bb", "e\u0301", "a\tb"])
def test_the_cheap_test_holds_suspects_back(text):
    assert not pl.select(pl.lit(text).str.contains(UNSUSPICIOUS)).item()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("brics-count", "Brics-Count"),
        ("brics-count", "bri\u0441s-count"),
        ("brics-count", "brics\u2010count"),
        ("brics-count", "brics-c\u03bfunt"),
        ("brics-count", "brics\u200b-count"),
        ("brics-count", "br\u00edcs-count"),
        ("brics-count", "\uff42rics-count"),
        ("deal-10", "deal-lo"),
        ("modern", "modem"),
        ("kiev", "\u041aiev"),
    ],
)
def test_ids_that_look_alike_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


def test_ids_that_differ_to_the_eye_have_two():
    ids = ["brics-member-count", "brics-members-count", "sco", "bsco", "deal-2", "deal-3", "a-b", "ab"]

    assert len({skeleton(name) for name in ids}) == len(ids)


@given(st.lists(st.from_regex(r"\A[a-z0-9_-]{1,20}\Z")))
def test_the_expression_gives_the_same_skeleton(ids):
    found = pl.DataFrame({"id": ids}, schema={"id": pl.String}).select(id_skeleton(pl.col("id"))).to_series().to_list()

    assert found == [skeleton(name) for name in ids]
