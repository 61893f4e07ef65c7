"""Whether each fact stands in its source: its phrase, its value, its dates, its names and what it denies."""

from __future__ import annotations

from factpack.grounding.check import Checked, check, report, text_of, write
from factpack.grounding.texts import find
from factpack.grounding.verdicts import ACCEPTED

__all__ = ["ACCEPTED", "Checked", "check", "find", "report", "text_of", "write"]
