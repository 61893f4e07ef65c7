"""The anchors as W3C Web Annotations, for every tool that reads them.

Web Annotation Data Model (W3C Recommendation, 2017): a quote selector and a position selector for each fact. Of an
article no word beyond the phrase is given; a phrase of a note is marked as our own words about the article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

CONTEXT = "http://www.w3.org/ns/anno.jsonld"


def annotate(name: str, version: str, facts: pl.DataFrame, sources: pl.DataFrame) -> dict[str, Any]:
    """Give the annotation collection of a package.

    Args:
        name: of the package.
        version: of the package.
        facts: `fact_id`, `source_id`, `phrase`, `anchor_start`, `anchor_end`.
        sources: `source_id`, `url`, `text_kind`, `text_sha256`.
    """
    known = {row["source_id"]: row for row in sources.iter_rows(named=True)}
    urn = f"urn:factpack:{name}"
    items = [
        _annotation(urn, row, known[row["source_id"]])
        for row in facts.sort("source_id", "anchor_start", "fact_id").iter_rows(named=True)
    ]
    return {
        "@context": CONTEXT,
        "id": f"{urn}:{version}:annotations",
        "type": "AnnotationCollection",
        "label": f"The words that the facts of {name} {version} rest on",
        "total": len(items),
        "first": {"id": f"{urn}:{version}:annotations:1", "type": "AnnotationPage", "startIndex": 0, "items": items},
    }


def _annotation(urn: str, fact: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    note = source["text_kind"] == "note"
    body: list[dict[str, str]] = [
        {"type": "SpecificResource", "purpose": "describing", "source": f"{urn}:fact:{fact['fact_id']}"}
    ]
    if note:
        remark = f"From our note on the article {source['url'] or ''}".strip()
        body.append({"type": "TextualBody", "purpose": "commenting", "value": remark, "language": "en"})
    text = f"urn:sha256:{source['text_sha256']}"
    return {
        "id": f"{urn}:annotation:{fact['fact_id']}",
        "type": "Annotation",
        "motivation": "describing",
        "body": body,
        "target": {
            "source": text if note or not source["url"] else source["url"],
            "selector": [
                {"type": "TextQuoteSelector", "exact": fact["phrase"]},
                {"type": "TextPositionSelector", "start": fact["anchor_start"], "end": fact["anchor_end"]},
            ],
        },
    }
