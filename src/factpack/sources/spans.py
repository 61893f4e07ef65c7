"""Where a cell stands in its file, and where in the cell a character."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """The text of a cell as the file has it, with its quotes and escapes, and the line and column where it begins."""

    line: int
    column: int
    text: str = ""

    def at(self, value: str, offset: int) -> tuple[int, int]:
        """Find the line and column of a character of the cell's value.

        The character is looked for as often as the value has it before `offset`, since quotes and escapes make the
        text longer than the value. Where the text does not show it as such (an escape), the cell's beginning is given.
        """
        sign, found = value[offset : offset + 1], -1
        # The first line feed of a YAML block belongs to its indicator, and others may be folded.
        if not sign or (sign == "\n" and self.text.startswith(("|", ">"))):
            return self.line, self.column
        for _ in range(value.count(sign, 0, offset) + 1):
            found = self.text.find(sign, found + 1)
            if found == -1:
                return self.line, self.column
        start = self.text.rfind("\n", 0, found) + 1
        column = found - start + (1 if start else self.column)
        return self.line + self.text.count("\n", 0, found), column


# Finds the cell of a record by the record's first line and the field's name; where the record has no such cell, the
# place where it begins.
Finder = Callable[[int, str], Span]
