"""Whether a text names an entity: by its name, an alias, or the words that its name is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from factpack.parse.text import normalise

if TYPE_CHECKING:
    import polars as pl

# Entities of these kinds have names of their own; an event or an agreement is often only described.
NAMED = {"country", "organization", "person", "place"}
_COMMON = {
    "the", "and", "for", "with", "from", "into", "that", "which", "between", "during", "over", "about", "january",
    "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
}  # fmt: skip
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Names:
    """How a text may name an entity: `full` for its names, `words` for each word of the name of a described one."""

    full: re.Pattern[str]
    words: tuple[re.Pattern[str], ...]


class Compiled(dict[str, Names]):
    """The names of entities by their ids, each compiled when it is first asked for."""

    def __init__(self, entities: pl.DataFrame) -> None:
        """Take `entity_id`, `name`, `kind` and `aliases` (separated by |)."""
        super().__init__()
        rows = entities.select("entity_id", "name", "kind", "aliases").iter_rows()
        self._rows = {entity: words for entity, *words in rows}

    def __missing__(self, entity: str) -> Names:
        """Compile the names of an entity."""
        self[entity] = _names(*self._rows[entity])
        return self[entity]


def _names(name: str, kind: str, aliases: str | None) -> Names:
    given = [normalise(part.strip()).text for part in (name, *(aliases or "").split("|")) if part.strip()]
    # A person is named by any part of the name: Putin, Xi.
    parts = [word for word in given[0].split() if word[0].isupper() and len(word) > 1] if kind == "person" else []
    full = re.compile("|".join(_spelling(part) for part in sorted({*given, *parts}, key=len, reverse=True)))
    return Names(full, () if kind in NAMED else _stems(given[0]))


def _stems(name: str) -> tuple[re.Pattern[str], ...]:
    """Compile the beginnings of the words of a name: an event's text may say strikes, struck or striking."""
    words = {
        word
        for word in re.findall(r"[^\W\d_]+", name)
        if word.lower() not in _COMMON and (len(word) >= _SHORTEST or word[0].isupper())
    }
    stems = {word[: max(_SHORTEST, len(word) - 3)].lower() for word in words}
    return tuple(re.compile(rf"\b{re.escape(stem)}", re.IGNORECASE) for stem in sorted(stems))


def _spelling(name: str) -> str:
    """Match a name as whole words; one that ends in a hyphen begins a compound: Sino-Russian."""
    ends = "" if name.endswith("-") else r"(?!\w)"
    pattern = rf"(?<!\w){re.escape(name)}{ends}"
    # A name in small letters may begin a sentence.
    return pattern if any(letter.isupper() for letter in name) else f"(?i:{pattern})"


def mention(names: Names, text: str) -> int | None:
    """Find where a normalised text first names an entity; None where it does not."""
    found = names.full.search(text)
    return None if found is None else found.start()


def described(names: Names, text: str) -> bool:
    """Say whether a normalised text has half or more of the words of an entity's name, if that is no proper name."""
    return bool(names.words) and 2 * sum(bool(word.search(text)) for word in names.words) >= len(names.words)
