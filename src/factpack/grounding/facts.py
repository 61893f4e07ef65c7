"""Every fact against the words it rests on; each distinct question is put once, however many facts ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.grounding import names, passages, places, texts, verdicts
from factpack.grounding.verdicts import Verdict
from factpack.parse import calendar, edtf
from factpack.report import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from factpack.grounding.passages import Place
    from factpack.models import Project, Raw

# What the answer to whether a fact is grounded follows from; facts that agree in it are judged once.
_CLAIM = [
    "source_id", "paragraph", "phrase", "predicate", "subject", "object", "attributed_to", "value", "unit", "date",
    "as_of", "modifier", "polarity", "value_type", "names", "acts", "denies", "bounds", "text_kind",
    "reference", "prefer",
]  # fmt: skip
_ROLES = ("subject", "object", "attributed_to")
_NUMERIC = ["integer", "ordinal", "percent", "money", "duration"]
_CODES = {
    verdicts.VALUE_MISMATCH: "FP605",
    verdicts.OVERCLAIM: "FP606",
    verdicts.UNDERCLAIM: "FP607",
    verdicts.AMBIGUOUS: "FP608",
    verdicts.VAGUE: "FP609",
    verdicts.UNSUPPORTED: "FP610",
    "unnamed": "FP611",
    "denied": "FP612",
    "swapped": "FP613",
}
# Those, and that the phrase stands in its text and once.
RULES = len(_CODES) + 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """What was found of the facts whose texts are at hand.

    `anchors` has a row for each of them: `fact_id`, `source_id`, `start`, `end`, `verdict` (the phrase's own where it
    was not found), and `exact`, `prefix` and `suffix`, the words at the place and 32 code points around them.
    `carried` has the places of the readings that facts rest on: `source_id`, `start`, `end`.
    """

    findings: tuple[Finding, ...]
    anchors: pl.DataFrame
    carried: pl.DataFrame
    texts: texts.Texts


def ground(raw: Raw, project: Project, articles: tuple[Path, ...] = ()) -> Grounding:
    """Find the phrase of each fact in its own source, read the words again, and compare.

    Args:
        raw: what was read.
        project: where notes and articles stand.
        articles: further folders with the texts of articles.
    """
    read = texts.read(raw, project, articles)
    facts = _joined(raw)
    claims = facts.select(_CLAIM).unique(maintain_order=True).with_row_index("row")
    facts = facts.join(claims, on=_CLAIM, how="left", nulls_equal=True, maintain_order="left")
    located = places.locate(claims, read.frame)
    claims = claims.join(located, on=places.KEY, nulls_equal=True, maintain_order="left")
    judged, carried = _Judge(raw, claims.filter(pl.col("occurrences") == 1), read.frame).judge()
    verdict = _verdicts(claims, judged)
    at_hand = facts.select("row", "fact_id", "_file", "_line").join(claims, on="row", maintain_order="left")
    return Grounding(
        findings=(*read.findings, *_findings(at_hand, judged)),
        anchors=_anchors(at_hand, verdict, _quotes(claims, read.frame)),
        carried=carried,
        texts=read,
    )


def _joined(raw: Raw) -> pl.DataFrame:
    """Put beside each fact what its predicate and its source say of how its words are read."""
    predicates = raw.predicates.select("predicate", "value_type", "future", "names", "acts", "denies", "bounds")
    return (
        raw.facts.join(predicates, on="predicate", how="left", maintain_order="left")
        .join(
            sources(raw).select("source_id", "text_kind", "reference"),
            on="source_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(prefer=pl.when(pl.col("future")).then(pl.lit(calendar.NEAREST)).otherwise(pl.lit(calendar.PAST)))
    )


def sources(raw: Raw) -> pl.DataFrame:
    """Give each source what its text is read with: the day of publication, and what it is about beside its words."""
    return raw.sources.with_columns(
        heading=pl.concat_str("title", "publisher", separator=". ", ignore_nulls=True),
        reference=pl.coalesce("published", edtf.latest(pl.col("dateline"))),
    )


class _Judge:
    """The questions that facts put to their places, and what was read there."""

    def __init__(self, raw: Raw, facts: pl.DataFrame, read: pl.DataFrame) -> None:
        self.facts = facts
        self.names = names.Compiled(raw.entities)
        self.kind = dict(raw.entities.select("entity_id", "kind").iter_rows())
        self.kinds: dict[str, list[str]] = {}
        for entity, kind in self.kind.items():
            self.kinds.setdefault(kind, []).append(entity)
        self.texts = dict(read.iter_rows())
        self.sources = {row["source_id"]: row for row in sources(raw).iter_rows(named=True)}
        self.places: dict[tuple[int, str], Place] = {}
        columns = ["place", "prefer", "source_id", "start", "end", "reference"]
        distinct = facts.select(columns).unique(["place", "prefer"], maintain_order=True)
        for at, prefer, source_id, start, end, reference in distinct.iter_rows():
            text = passages.Text(source_id, self.texts[source_id], reference, prefer)
            self.places[at, prefer] = passages.place(text, start, end)
        self.bounds = _bounds(facts, self.places.values())
        self.carried: set[tuple[str, int, int]] = set()

    def judge(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Put every question; give what was not plainly grounded, by `row`, and the places of the readings used."""
        dated = pl.col("date").is_not_null()
        valued = pl.col("value").is_not_null()
        numeric = pl.col("value_type").is_in(_NUMERIC)
        words = pl.col("value_type").is_in(["text", "quotation"])
        parts = [
            self._part("value", valued & numeric, ["value_type", "value", "unit", "modifier"], verdicts.judge_value),
            self._part("value", valued & words, ["value_type", "value", "text_kind"], self._text),
            self._part("date", dated, ["date", "bounds"], self._date),
            self._part("as_of", pl.col("as_of").is_not_null(), ["as_of", "date"], self._as_of),
            self._part(
                "polarity", pl.lit(value=True), ["polarity", "denies", "predicate", "value_type"], self._polarity
            ),
            *(self._named(role) for role in _ROLES),
            self._part(
                "object",
                pl.col("acts").is_not_null() & pl.col("object").is_not_null(),
                ["subject", "object", "acts"],
                self._order,
            ),
        ]
        carried = pl.DataFrame(
            sorted(self.carried), schema={"source_id": pl.String, "start": pl.Int64, "end": pl.Int64}, orient="row"
        )
        return pl.concat(parts).sort("row", maintain_order=True), carried

    def _part(self, field: str, where: pl.Expr, keys: Sequence[str], ask: Callable[..., Verdict]) -> pl.DataFrame:
        """Put one question to each distinct place and claim; give the rows whose answer is not plainly grounded."""
        on = ["place", "prefer", *keys]
        asked = self.facts.filter(where)
        answers: list[tuple[str, str]] = []
        distinct = asked.select(on).unique(maintain_order=True)
        for at, prefer, *claim in distinct.iter_rows():
            standing = self.places[at, prefer]
            verdict, message, used = ask(standing, *claim)
            answers.append((verdict, message))
            if used is not None:
                self.carried.add((standing.source_id, *standing.raw(*used)))
        told = pl.DataFrame(answers, schema={"verdict": pl.String, "message": pl.String}, orient="row")
        open_ = distinct.hstack(told).filter(pl.col("verdict") != verdicts.GROUNDED)
        return (
            asked.join(open_, on=on, nulls_equal=True)
            .with_columns(field=pl.lit(field), claimed=pl.col(field).cast(pl.String))
            .select("row", "field", "claimed", "verdict", "message")
        )

    def _text(self, place: Place, kind: str, value: str, text_kind: str) -> Verdict:
        if kind == "quotation" and text_kind == "note":
            return Verdict(verdicts.UNSUPPORTED, "a note's words are ours, and no quotation of anyone")
        return verdicts.judge_text(place, value, quotation=kind == "quotation")

    def _date(self, place: Place, claimed: str, side: str | None) -> Verdict:
        return verdicts.judge_date(place, claimed, self.bounds, side=side)

    def _as_of(self, place: Place, claimed: str, dated: str | None) -> Verdict:
        others = self._days(place.source_id)
        if claimed not in others:
            others |= self._dates(place.source_id)
        return verdicts.judge_as_of(place, claimed, others, self.bounds, dated=dated is not None)

    def _days(self, source_id: str) -> frozenset[str]:
        source = self.sources[source_id]
        return frozenset(str(day) for day in (source["published"], source["dateline"]) if day is not None)

    def _dates(self, source_id: str) -> frozenset[str]:
        """List the dates that the text of a source names."""
        reference = self.sources[source_id]["reference"]
        lines = self.texts[source_id].split("\n")
        read = (reading for line in lines for reading in passages.readings(line, reference, calendar.PAST))
        return frozenset(reading.value for reading in read if reading.kind == "date" and reading.value)

    def _polarity(self, place: Place, polarity: str | None, denies: bool | None, predicate: str, kind: str) -> Verdict:  # noqa: FBT001
        if kind == "quotation":
            # What was said may deny anything; that it was said cannot be read off its own words.
            return Verdict(verdicts.GROUNDED) if polarity is None else Verdict("denied", "a quotation is what was said")
        return verdicts.judge_polarity(place, predicate, negated=polarity is not None, denies=bool(denies))

    def _named(self, role: str) -> pl.DataFrame:
        """Ask whether the source names an entity: in the phrase where the predicate wants it there."""
        within = pl.col("names").fill_null("").str.split(" ").list.contains(role).alias("within")
        self.facts = self.facts.with_columns(within)

        def ask(place: Place, entity: str, within: bool, *others: str | None) -> Verdict:  # noqa: FBT001
            inside = place.text[place.start : place.end]
            if names.mention(self.names[entity], inside) is not None:
                return Verdict(verdicts.GROUNDED)
            if within:
                return Verdict("unnamed", f"the phrase does not name {entity}")
            rival = self._rival(inside, entity, {entity, *(other for other in others if other)})
            if rival is not None:
                return Verdict("unnamed", f"the phrase names {rival}, and not {entity}")
            if self._around(place, entity):
                return Verdict(verdicts.GROUNDED)
            return Verdict("unnamed", f"the paragraph, the one before it and the title do not name {entity}")

        others = [other for other in _ROLES if other != role]
        return self._part(role, pl.col(role).is_not_null(), [role, "within", *others], ask)

    def _rival(self, phrase: str, entity: str, own: set[str]) -> str | None:
        """Find another entity of the same kind that a phrase names, where it does not name the fact's own."""
        for name in own:
            phrase = self.names[name].full.sub(" ", phrase)
        rivals = self.kinds[self.kind[entity]] if self.kind[entity] in names.NAMED else []
        return next(
            (rival for rival in rivals if rival not in own and names.mention(self.names[rival], phrase) is not None),
            None,
        )

    def _around(self, place: Place, entity: str) -> bool:
        """Say whether an entity is named near a phrase, or the source is declared to be about it."""
        source = self.sources[place.source_id]
        if entity in (source["about"] or "").split():
            return True
        texts = [place.text, passages.folded(self._before(place)).text, passages.folded(source["heading"]).text]
        known = self.names[entity]
        return any(names.mention(known, text) is not None for text in texts) or names.described(known, " ".join(texts))

    def _before(self, place: Place) -> str:
        """Give the paragraph before that of a phrase, to which "it" and "there" may refer."""
        lines = self.texts[place.source_id][: place.begins].rstrip().rpartition("\n")
        return str(lines[2])

    def _order(self, place: Place, subject: str, object_: str, acts: str) -> Verdict:
        return verdicts.judge_order(place, self.names[subject], self.names[object_], acts)


def _bounds(facts: pl.DataFrame, standing: Iterable[Place]) -> dict[str, tuple[date | None, date | None]]:
    """Give the first and last day of every date that is claimed or was read."""
    read = {
        reading.value for place in standing for reading in place.readings if reading.kind == "date" and reading.value
    }
    claimed = pl.concat([facts["date"], facts["as_of"]]).drop_nulls()
    values = pl.concat([claimed, pl.Series("date", sorted(read), dtype=pl.String)]).unique().alias("value").to_frame()
    frame = values.with_columns(first=edtf.earliest(pl.col("value")), last=edtf.latest(pl.col("value")))
    return {value: (first, last) for value, first, last in frame.iter_rows()}


def _verdicts(claims: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Give each claim its verdict: of several, the one that weighs most."""
    order = [verdicts.BOUND_ONLY, verdicts.EVENT_RELATIVE, *_CODES]
    worst = judged.group_by("row").agg(verdict=pl.col("verdict").cast(pl.Enum(order)).max().cast(pl.String))
    missing = (
        pl.when(pl.col("occurrences") > 1)
        .then(pl.lit("phrase_ambiguous"))
        .when(pl.col("occurrences") == 0)
        .then(pl.lit("phrase_missing"))
    )
    return (
        claims.select("row", "occurrences")
        .join(worst, on="row", how="left", maintain_order="left")
        .select("row", verdict=pl.coalesce(missing, "verdict", pl.lit(verdicts.GROUNDED)))
    )


def _anchors(facts: pl.DataFrame, verdict: pl.DataFrame, quotes: pl.DataFrame) -> pl.DataFrame:
    """Put the verdict of its claim and the words at its place beside each fact."""
    return (
        facts.select("row", "fact_id", "source_id", "place", "start", "end")
        .join(verdict, on="row", how="left", maintain_order="left")
        .join(quotes, on="place", how="left", maintain_order="left")
        .drop("row", "place")
    )


def _findings(facts: pl.DataFrame, judged: pl.DataFrame) -> list[Finding]:
    """Make a finding of every phrase that was not found, and of every claim that its words do not bear out."""
    missing = facts.filter(pl.col("occurrences") != 1)
    failed = judged.filter(pl.col("verdict").is_in(list(_CODES)))
    told = facts.select("row", "fact_id", "_file", "_line", "phrase").join(failed, on="row", maintain_order="left")
    return [
        *(_phrase_finding(row) for row in missing.iter_rows(named=True)),
        *(_finding(row) for row in told.iter_rows(named=True)),
    ]


def _quotes(facts: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Cut out the words at each place, and 32 code points before and behind them (W3C TextQuoteSelector)."""
    distinct = facts.filter(pl.col("occurrences") == 1).unique("place", maintain_order=True)
    text, start, end = pl.col("text"), pl.col("start"), pl.col("end")
    before = pl.max_horizontal(start - 32, 0)
    return (
        distinct.lazy()
        .join(read.lazy(), on="source_id")
        .select(
            "place",
            exact=text.str.slice(start, end - start),
            prefix=text.str.slice(before, start - before),
            suffix=text.str.slice(end, 32),
        )
        .collect()
    )


def _phrase_finding(row: dict[str, Any]) -> Finding:
    where = f"paragraph {row['paragraph']} of {row['source_id']}" if row["paragraph"] else row["source_id"]
    missing = row["occurrences"] == 0
    return Finding(
        code="FP601" if missing else "FP602",
        message=f"the phrase does not stand in {where}" if missing else f"the phrase stands more than once in {where}",
        file=row["_file"],
        line=row["_line"],
        table="facts",
        field="phrase",
        fact_id=row["fact_id"],
        value=row["phrase"],
        expected="the words of the source, exactly once",
        phrase=row["phrase"],
    )


def _finding(row: dict[str, Any]) -> Finding:
    shown = "empty" if row["claimed"] is None else repr(row["claimed"])
    return Finding(
        code=_CODES[row["verdict"]],
        message=f"{row['field']} is {shown}, but {row['message']}",
        file=row["_file"],
        line=row["_line"],
        table="facts",
        field=row["field"],
        fact_id=row["fact_id"],
        value=row["claimed"],
        expected=row["message"],
        phrase=row["phrase"],
    )
