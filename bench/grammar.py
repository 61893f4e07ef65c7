"""What the grammar reads right on labelled cases, and how fast, beside the libraries that users would take instead.

The cases are other projects' test corpora (duckling, number-parser, text2num, quantulum3, python-edtf, dateparser) and
are not in this repository. Each reader gets the same texts; a case counts as right when the value is exact. Each
library knows its own set best; those are marked with an asterisk. Exits with 1 where our grammar reads a value from a
text that states none.

    python bench/grammar.py [FOLDER]
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import time
import warnings
from datetime import date, datetime, timedelta
from fractions import Fraction
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factpack.parse import duration
from factpack.parse.passage import read
from factpack.parse.text import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Case = dict[str, Any]
Answer = Any

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "grounding"
ROUNDS = 3
PEERS = ("text2num", "number-parser", "quantulum3", "price-parser", "dateparser", "edtf")
GRAIN = {"Year": 4, "Month": 7}


def ours(kinds: set[str]) -> Callable[[Case], list[Any]]:
    """Make a reader of some kinds of readings."""

    def answer(case: Case) -> list[Any]:
        reference = case["reference_date"]
        day = date.fromisoformat(reference[:10]) if reference else None
        readings = read(normalise(case["text"]).text, day, case.get("prefer", "past"))
        return [reading for reading in readings if reading.kind in kinds]

    return answer


# --- whether an answer is right ----------------------------------------------------------------------------------


def amount(case: Case, readings: list[Any]) -> bool:
    """Compare the one amount."""
    return len(readings) == 1 and Fraction(readings[0].value) == Fraction(case["value"])


def whole(case: Case, readings: list[Any]) -> bool:
    """Compare the one number that a text consists of, or that there is none."""
    if case["value"] is None:
        return not readings
    length = len(normalise(case["text"]).text)
    covering = len(readings) == 1 and readings[0].end - readings[0].start == length
    return covering and Fraction(readings[0].value) == Fraction(case["value"])


def spanned(case: Case, readings: list[Any]) -> bool:
    """Compare the number that stands at the labelled place."""
    if case["value"] is None:
        return not any(one.kind != "date" for one in readings)
    start, end = case["start"], case["end"]
    here = [counted(one) for one in readings if one.start < end and one.end > start]
    wanted = Fraction(case["value"])
    return any(one is not None and abs(one - wanted) <= abs(wanted) / 10**9 for one in here)


def counted(reading: Any) -> Fraction | None:
    """Give the number of a reading: of a range its middle, as quantulum3 does; of a duration of one unit its count."""
    if reading.kind == "date":
        return Fraction(reading.value) if (reading.value or "-").isdigit() else None
    if reading.high:
        return (Fraction(reading.value) + Fraction(reading.high)) / 2
    if reading.kind != "duration":
        return Fraction(reading.value)
    match = re.fullmatch(r"PT?([0-9.]+)[YMWDHS]", reading.value)
    return Fraction(match[1]) if match else None


def days(text: str) -> Fraction | None:
    """Give a duration in days, for corpora that count a month as thirty."""
    span = duration.parse(text)
    return None if span is None else span.months * 30 + span.days + span.seconds / 86400


def length(case: Case, readings: list[Any]) -> bool:
    """Compare one duration."""
    return len(readings) == 1 and days(case["value"]) is not None and days(readings[0].value) == days(case["value"])


def interval(value: str) -> str:
    """Write a week or quarter of the corpus as an interval in EDTF."""
    if "W" in value:
        monday = date.fromisocalendar(int(value[:4]), int(value[6:]), 1)
        return f"{monday}/{monday + timedelta(days=6)}"
    if "Q" in value:
        quarter = int(value[-1])
        return f"{value[:4]}-{3 * quarter - 2:02d}/{value[:4]}-{3 * quarter:02d}"
    return value


def day(case: Case, readings: list[Any]) -> bool:
    """Compare one date at the precision of the corpus."""
    return len(readings) == 1 and (readings[0].value or "").rstrip("~") == interval(case["value"])


def grained(case: Case, readings: list[Any]) -> bool:
    """Compare one date as far as the corpus says that it is precise."""
    if len(readings) != 1 or not (readings[0].value or "X")[:4].isdigit():
        return False
    cut = GRAIN.get(case["grain"], 10)
    return bool(readings[0].value[:cut] == case["value"][:cut])


def edtf(case: Case, readings: list[Any]) -> bool:
    """Compare the first date in EDTF; an unknown end of an interval is an open one with us."""
    if case["value"] is None:
        return not readings
    value = case["value"]
    value = f"..{value}" if value.startswith("/") else f"{value}.." if value.endswith("/") else value
    return bool(readings) and readings[0].value == value


def same(case: Case, answer: Answer) -> bool:
    """Compare a plain answer of a library, exactly."""
    if answer is None or case["value"] is None:
        return answer is None and case["value"] is None
    try:
        return Fraction(str(answer)) == Fraction(case["value"])
    except ValueError:
        return bool(str(answer) == str(case["value"]))


# --- the libraries -----------------------------------------------------------------------------------------------


def tried(call: Callable[[], Answer]) -> Answer:
    """Call a library; that it raises is no answer."""
    try:
        return call()
    except Exception:  # noqa: BLE001 - whatever a library raises
        return None


def spelt(case: Case) -> Answer:
    """Ask text2num for a number, in words or beside digits."""
    found = tried(lambda: import_module("text_to_num").text2num(case["text"], "en"))
    return (
        tried(lambda: import_module("text_to_num").alpha2digit(case["text"], "en", threshold=0))
        if found is None
        else found
    )


def lasting(case: Case) -> Answer:
    """Ask quantulum3 for a length of time, and write it as the corpus does."""
    units = {
        "second": "T{}S",
        "minute": "T{}M",
        "hour": "T{}H",
        "day": "{}D",
        "week": "{}W",
        "month": "{}M",
        "year": "{}Y",
    }
    found = tried(lambda: import_module("quantulum3.parser").parse(case["text"])) or []
    if len(found) != 1 or found[0].unit.name not in units:
        return None
    value = "P" + units[found[0].unit.name].format(f"{found[0].value:g}")
    return case["value"] if days(value) is not None and days(value) == days(case["value"]) else value


def ranked(case: Case) -> Answer:
    """Ask text2num for an ordinal, which it writes as 25th."""
    found = tried(lambda: import_module("text_to_num").alpha2digit(case["text"], "en", threshold=0))
    match = re.fullmatch("([0-9]+)(?:st|nd|rd|th)", found or "")
    return match[1] if match else None


def quantities(case: Case) -> Answer:
    """Ask quantulum3 for the quantity at the labelled place."""
    found = tried(lambda: import_module("quantulum3.parser").parse(case["text"])) or []
    for one in found:
        if case["start"] is None or (one.span[0] < case["end"] and one.span[1] > case["start"]):
            return one.value
    return None


def dated(case: Case) -> Answer:
    """Ask dateparser, with the convention of the corpus."""
    base = datetime.fromisoformat(case["reference_date"]) if case["reference_date"] else None
    future = {"PREFER_DATES_FROM": "future"} if case.get("prefer") == "future" else {}
    settings = future | ({"RELATIVE_BASE": base} if base else {})
    found = tried(lambda: import_module("dateparser").parse(case["text"], languages=["en"], settings=settings))
    if found is None:
        return None
    # Midnight of the first day, cut to the precision of the corpus, which is to the library's favour.
    cut = GRAIN.get(case.get("grain", ""), 10)
    value = case["value"] or ""
    if any(sign in value for sign in "WQ"):
        return value if found.date().isoformat() == interval(value)[:10] else found.date().isoformat()
    return value if value and found.date().isoformat()[:cut] == value[:cut] else found.date().isoformat()


def libraries() -> dict[str, Callable[[Case], Answer]]:
    """List the calls of the libraries that are installed, by the name of each."""
    calls: dict[str, Callable[[Case], Answer]] = {
        "text2num": spelt,
        "text2num ordinal": ranked,
        "number-parser": lambda case: tried(lambda: import_module("number_parser").parse_number(case["text"])),
        "number-parser ordinal": lambda case: tried(lambda: import_module("number_parser").parse_ordinal(case["text"])),
        "quantulum3": quantities,
        "quantulum3 duration": lasting,
        "price-parser": lambda case: tried(lambda: import_module("price_parser").Price.fromstring(case["text"]).amount),
        "dateparser": dated,
        "edtf": lambda case: tried(lambda: import_module("edtf").text_to_edtf(case["text"])),
    }
    installed = {}
    for name in PEERS:
        try:
            print(f"{name} {version(name)}", end="  ")
        except PackageNotFoundError:
            print(f"{name} is not installed, and left out", end="  ")
        else:
            installed |= {call: made for call, made in calls.items() if call.partition(" ")[0] == name}
    print()
    return installed


# --- the sets ----------------------------------------------------------------------------------------------------

# Name, file, kind in the file, our kinds, how ours is compared, the convention, and the libraries asked.
SETS: tuple[tuple[str, str, str | None, set[str], Callable[[Case, list[Any]], bool], str, tuple[str, ...]], ...] = (
    (
        "numbers, duckling",
        "duckling_number",
        None,
        {"number", "fraction"},
        whole,
        "past",
        ("text2num", "number-parser", "quantulum3"),
    ),
    (
        "numbers, number-parser",
        "numberparser_number",
        None,
        {"number"},
        whole,
        "past",
        ("text2num", "number-parser*", "quantulum3"),
    ),
    (
        "numbers, text2num",
        "text2num_number",
        None,
        {"number", "ordinal", "fraction"},
        whole,
        "past",
        ("text2num*", "number-parser"),
    ),
    (
        "ordinals, duckling",
        "duckling_ordinal",
        None,
        {"ordinal"},
        whole,
        "past",
        ("text2num ordinal", "number-parser ordinal"),
    ),
    (
        "ordinals, number-parser",
        "numberparser_ordinal",
        None,
        {"ordinal"},
        whole,
        "past",
        ("text2num ordinal", "number-parser ordinal*"),
    ),
    ("money, duckling", "duckling_currency", None, {"money"}, amount, "past", ("price-parser", "quantulum3")),
    (
        "quantities, quantulum3",
        "quantulum_quantity",
        None,
        {"number", "fraction", "percent", "money", "duration", "date"},
        spanned,
        "past",
        ("quantulum3*",),
    ),
    ("durations, duckling", "duckling_duration", None, {"duration"}, length, "past", ("quantulum3 duration",)),
    ("dates, duckling", "duckling_time", "date", {"date"}, day, "future", ("dateparser",)),
    ("relative dates, dateparser", "dateparser_relative", None, {"date"}, grained, "nearest", ("dateparser*",)),
    ("dates in EDTF, edtf", "edtf_natlang", None, {"date"}, edtf, "past", ("edtf*",)),
)


def cases(folder: Path, file: str, kind: str | None, prefer: str) -> list[Case]:
    """Read the labelled cases of a set."""
    lines = (folder / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()
    read_ = [json.loads(line) | {"prefer": prefer} for line in lines]
    # No library that was asked reads ranges of money.
    single = [case for case in read_ if file != "duckling_currency" or "/" not in (case["value"] or "/")]
    return [case for case in single if kind is None or case["kind"] == kind]


def timed(answer: Callable[[Case], Answer], rows: list[Case]) -> tuple[list[Answer], float]:
    """Answer every case, and give the answers with the texts a second."""
    began = time.perf_counter()
    answers = [answer(case) for case in rows]
    return answers, len(rows) / (time.perf_counter() - began)


def share(right: Iterable[bool]) -> float:
    """Give the share of right answers in percent."""
    judged = list(right)
    return 100 * sum(judged) / len(judged)


def compare(folder: Path, entry: tuple[Any, ...], installed: dict[str, Callable[[Case], Answer]]) -> bool:
    """Print one set; say whether ours is ahead, or within two points of the library whose own set it is."""
    name, file, kind, kinds, right, prefer, peers = entry
    rows = cases(folder, file, kind, prefer)
    asked = {peer: installed[peer.rstrip("*")] for peer in peers if peer.rstrip("*") in installed}
    scores: dict[str, float] = {}
    speeds: dict[str, float] = {}
    for _ in range(ROUNDS):
        for reader, call in {"factpack": ours(kinds), **asked}.items():
            answers, speed = timed(call, rows)
            judge = right if reader == "factpack" else same
            scores[reader] = share(judge(case, answer) for case, answer in zip(rows, answers, strict=True))
            speeds[reader] = max(speed, speeds.get(reader, 0))
    line = "  ".join(f"{reader} {score:5.1f}% ({speeds[reader]:,.0f}/s)" for reader, score in scores.items())
    print(f"{name:<27} {len(rows):>4}  {line}")
    mine = scores.pop("factpack")
    return all(mine >= score - (2 if reader.endswith("*") else 0) for reader, score in scores.items())


def negatives(folder: Path, installed: dict[str, Callable[[Case], Answer]]) -> int:
    """Print how many values each reader takes from texts that state none of the kind; give ours."""
    rows = cases(folder, "duckling_negative", None, "past")
    kinds = {"none_time": "date", "none_duration": "duration", "none_currency": "money"}
    invented = sum(bool(ours({kinds[case["kind"]]})(case)) for case in rows)
    told = [f"factpack {invented} of {len(rows)}"]
    timely = [case for case in rows if case["kind"] == "none_time"]
    told += [
        f"{name} {sum(installed[name](case) is not None for case in timely)} of {len(timely)}"
        for name in ("dateparser", "edtf")
        if name in installed
    ]
    print(f"values read where there are none: {', '.join(told)}")
    return invented


def main() -> None:
    """Run every set."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if not folder.is_dir():
        print(f"grammar: not run: there are no labelled cases in {folder.name}/; name their folder.")
        return
    warnings.simplefilter("ignore")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    installed = libraries()
    behind = [entry[0] for entry in SETS if not compare(folder, entry, installed)]
    print(f"behind the best library: {', '.join(behind) or 'nowhere'}   (* its own set: within two points)")
    sys.exit(1 if negatives(folder, installed) else 0)


if __name__ == "__main__":
    main()
