"""Whether a text names an entity: by its name, an alias, or the words that its name is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from factpack.parse.text import normalise

if TYPE_CHECKING:
    import polars as pl

# Entities of these kinds have names of their own; an event or an agreement is often only described.
_NAMED = {"country", "organization", "person", "place"}
_COMMON = {"the", "and", "for", "with", "from", "into", "that", "which", "between", "during", "over", "about"}
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Names:
    """How a text may name an entity: `full` for its names, `words` for the words of a described one."""

    full: re.Pattern[str]
    words: re.Pattern[str] | None


def compile_names(entities: pl.DataFrame) -> dict[str, Names]:
    """Compile the names of each entity from its `name`, `aliases` (separated by |) and `kind`."""
    aliases = entities["aliases"] if "aliases" in entities.columns else [None] * entities.height
    rows = zip(entities["entity_id"], entities["name"], entities["kind"], aliases, strict=True)
    return {entity: _names(name, kind, listed) for entity, name, kind, listed in rows}


def _names(name: str, kind: str, aliases: str | None) -> Names:
    given = [normalise(part.strip()).text for part in (name, *(aliases or "").split("|")) if part.strip()]
    # A person is named by any part of the name: Putin, Xi.
    parts = [word for word in given[0].split() if word[0].isupper() and len(word) > 1] if kind == "person" else []
    full = re.compile("|".join(_spelling(part) for part in sorted({*given, *parts}, key=len, reverse=True)))
    if kind in _NAMED:
        return Names(full, None)
    words = {word.lower() for part in given for word in re.findall(r"[^\W\d_]+", part)} - _COMMON
    stems = sorted({re.escape(word[: max(_SHORTEST, len(word) - 3)]) for word in words if len(word) >= _SHORTEST})
    return Names(full, re.compile(rf"\b(?:{'|'.join(stems)})", re.IGNORECASE) if stems else None)


def _spelling(name: str) -> str:
    """Match a name as whole words; one that ends in a hyphen begins a compound: Sino-Russian."""
    ends = "" if name.endswith("-") else r"(?!\w)"
    pattern = rf"(?<!\w){re.escape(name)}{ends}"
    # A name in small letters may begin a sentence.
    return pattern if any(letter.isupper() for letter in name) else f"(?i:{pattern})"


def mention(names: Names, text: str, *, described: bool = True) -> int | None:
    """Find where a normalised text first names an entity; None where it does not.

    Args:
        names: of the entity.
        text: a normalised text.
        described: whether the words that a name is made of are enough, for an entity that is not a proper noun.
    """
    found = names.full.search(text)
    if found is None and described and names.words is not None:
        found = names.words.search(text)
    return None if found is None else found.start()
