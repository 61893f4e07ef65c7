"""Charts of time as coordinates: a month is a bar as long as a month, and what is only true as of a day is no event."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from factpack.adapters.site import wording

if TYPE_CHECKING:
    import polars as pl

WIDTH = 960
_LEFT, _LANE, _LEAST = 8, 14, 6
_MOST = 400
# Where the bars of memberships begin: names stand left of it.
_NAMES = 240


def events(tables: dict[str, pl.DataFrame]) -> dict[str, Any] | None:
    """Place what happened on a line of time, each as long as its source is unsure of the day."""
    facts = tables.get("facts")
    if facts is None or not {"date_min", "date_max"} <= set(facts.columns):
        return None
    names = wording.names(tables)
    dated = facts.drop_nulls(["date_min", "date_max"]).sort("date_min", "date_max", "fact_id")
    rows = dated.tail(_MOST).iter_rows(named=True)
    placed = [
        {
            "fact": row["fact_id"],
            "from": row["date_min"],
            "to": row["date_max"],
            "when": row["date"],
            "what": wording.claim(row | {"date": None, "as_of": None}, names),
        }
        for row in rows
    ]
    if not placed:
        return None
    first, last = min(one["from"] for one in placed), max(one["to"] for one in placed)
    lanes: list[float] = []
    for one in placed:
        one["x"], one["width"] = _bar(one["from"], one["to"], first, last)
        lane = next((at for at, end in enumerate(lanes) if end + 2 <= one["x"]), len(lanes))
        lanes[lane : lane + 1] = [one["x"] + one["width"]]
        # A day and a month may be equally wide on a line of decades; a dot and a bar are told apart.
        day = one["from"] == one["to"]
        one |= {"y": 24 + lane * _LANE + 2 * day, "tall": 6 if day else 10, "round": 3 if day else 0}
    return {
        "events": placed,
        "left_out": max(0, dated.height - _MOST),
        "width": WIDTH,
        "height": 32 + len(lanes) * _LANE,
        "years": _years(first, last),
    }


def memberships(tables: dict[str, pl.DataFrame]) -> list[dict[str, Any]]:
    """Place who belonged to what, and since when, the organizations with the most rows first.

    Where nobody says since when, that is said and not drawn.
    """
    table = tables.get("memberships")
    if table is None or not {"organization", "member"} <= set(table.columns):
        return []
    names = wording.names(tables)
    lasts = [table[column].max() for column in ("since_max", "until_max") if column in table.columns]
    firsts = [table["since_min"].min()] if "since_min" in table.columns else []
    days = [day for day in (*firsts, *lasts) if isinstance(day, date)]
    first, last = (min(days), max(days)) if days else (date(2000, 1, 1), date(2000, 12, 31))
    found = []
    for (organization,), rows in table.sort("organization", "member").group_by("organization", maintain_order=True):
        shown = [_membership(row, names, first, last) for row in rows.iter_rows(named=True)]
        lanes = _lanes(shown)
        members = {standing: _members(shown, standing) for standing in ("asserted", "contested")}
        found.append(
            {
                "organization": names.get(str(organization), str(organization)),
                "id": str(organization),
                "rows": shown,
                "lanes": lanes if any(lane["x"] is not None for lane in lanes) else [],
                "members": members["asserted"],
                "contested": [name for name in members["contested"] if name not in members["asserted"]],
                "width": WIDTH,
                "height": 34 + 20 * len(lanes),
                "years": _years(first, last, _NAMES),
            }
        )
    return sorted(found, key=lambda one: -len(one["rows"]))


def _members(rows: list[dict[str, Any]], standing: str) -> list[str]:
    found = {row["member"] for row in rows if row["role"] == "member" and row["standing"] == standing}
    return sorted(found)


def _membership(row: dict[str, Any], names: dict[str | None, str], first: date, last: date) -> dict[str, Any]:
    shown = {
        "member": names.get(row["member"], row["member"]),
        "role": str(row.get("role") or "member").replace("_", " "),
        "standing": str(row.get("standing") or "asserted"),
        "since": row.get("since") or "",
        "fact": row["fact_ids"][0] if row.get("fact_ids") else "",
        "x": None,
        "width": None,
    }
    since = row.get("since_min")
    if since is not None:
        shown["x"], shown["width"] = _bar(since, row.get("until_max") or last, first, last, _NAMES)
    return shown


def _lanes(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each role that is dated a lane, and each member one more for all of its roles that nobody dates."""
    lanes: list[dict[str, Any]] = []
    undated: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["x"] is not None:
            lanes.append(row | {"says": ""})
        elif row["member"] not in undated:
            undated[row["member"]] = row | {"roles": [row["role"]]}
            lanes.append(undated[row["member"]])
        else:
            undated[row["member"]]["roles"].append(row["role"])
    for at, lane in enumerate(lanes):
        lane["y"] = 26 + at * 20
        if "roles" in lane:
            lane["says"] = f"{', '.join(lane['roles'])}: no date given"
            lane["role"] = "member"
    return lanes


def _bar(begin: date, end: date, first: date, last: date, left: int = _LEFT) -> tuple[float, float]:
    days = max(1, (last - first).days + 1)
    scale = (WIDTH - left - 8) / days
    width = max(_LEAST, ((end - begin).days + 1) * scale)
    return round(min(left + (begin - first).days * scale, WIDTH - 8 - _LEAST), 1), round(width, 1)


def _years(first: date, last: date, left: int = _LEFT) -> list[tuple[float, int]]:
    step = max(1, (last.year - first.year) // 10)
    years = range(first.year + (first != date(first.year, 1, 1)), last.year + 1, step)
    return [(_bar(date(year, 1, 1), date(year, 1, 1), first, last, left)[0], year) for year in years]
