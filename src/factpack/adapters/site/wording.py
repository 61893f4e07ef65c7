"""How the pages write what stands in cells: names for ids, numbers without noughts, sizes, addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from factpack.formats import characters

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


# What would turn or hide the text around it; the joiners of Persian and of Indic scripts, and line ends, may stay.
TURNING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def shown(value: object) -> object:
    """Give what a page shows of a value: text with controls and bidirectional overrides as their escapes."""
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    return TURNING.sub(lambda found: characters.visible(found[0]), value)


def names(tables: Mapping[str, pl.DataFrame]) -> dict[str | None, str]:
    """Give the name of each entity."""
    entities = tables.get("entities")
    return {} if entities is None else dict(entities.select("entity_id", "name").iter_rows())


def plain(value: object) -> str:
    """Write a value; a number without the noughts behind its point, and nothing for a null."""
    text = "" if value is None else str(value)
    number = text.count(".") == 1 and text.replace(".", "").lstrip("-").isdigit()
    return text.rstrip("0").rstrip(".") if number else text


def words(name: object) -> str:
    """Write a name of the vocabulary as words."""
    return str(name or "").replace("_", " ")


def value(fact: Mapping[str, Any]) -> str:
    """Write the value of a fact with its unit, and how exactly it was said."""
    return " ".join(words(fact.get(name)) for name in ("modifier", "value", "unit") if fact.get(name))


def claim(fact: Mapping[str, Any], known: Mapping[str | None, str]) -> str:
    """Write what a fact says in one line."""
    parts = [known.get(fact["subject"], fact["subject"]), words(fact["predicate"]), value(fact)]
    if fact.get("object"):
        parts.append(known.get(fact["object"], fact["object"]))
    denied = "not: " if fact.get("polarity") else ""
    when = ", ".join(str(part) for part in (fact.get("date"), fact.get("as_of") and f"as of {fact['as_of']}") if part)
    return denied + " ".join(str(part) for part in parts if part) + (f" ({when})" if when else "")


def counted(count: int, noun: str) -> str:
    """Write how many there are of something, whose plural ends in s."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def size(count: int | None) -> str:
    """Write a number of bytes for a person."""
    if count is None:
        return ""
    amount = float(count)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def web(address: object) -> str:
    """Give an address of the web, and nothing for any other: a page leads to no script and no file."""
    text = str(address or "")
    return text if text.startswith(("https://", "http://")) else ""
