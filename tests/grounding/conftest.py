"""A small project in a few lines: a text, its entities and predicates, and facts to hold against them."""

import hashlib
from dataclasses import replace

import pytest

from factpack import pipeline, project, sources
from factpack.grounding.facts import ground
from factpack.sources import FACTS

SETTINGS = """
[tool.factpack]
name = "facts"
version = "1.0.0"
title = "Facts"
description = "Some facts."
licence = "CC-BY-4.0"
"""
ENTITIES = """entity_id,name,aliases,kind,wikidata,iso3166
iran,Iran,Iranian|Tehran,country,,IR
russia,Russia,Russian|Moscow,country,,RU
china,China,Chinese|Beijing,country,,CN
saudi-arabia,Saudi Arabia,Riyadh,country,,SA
brics,BRICS,,organization,,
treaty,Russia-Iran partnership treaty,,agreement,,
xi-jinping,Xi Jinping,,person,,
vladimir-putin,Vladimir Putin,,person,,
"""
COLUMNS = "predicate,title,subject_kind,value_type,unit,object_kind,multiple,requires,future"
PREDICATES = f"""{COLUMNS},names,acts,denies,bounds,base,description
member_count,m,organization,integer,states,,no,,no,,,,,,d
edition,m,organization,ordinal,edition,,no,,no,,,,,,d
share,m,country,percent,percent,country,no,object,no,,subject,,,exports of the object,d
price,m,country,money,USD,,no,,no,,,,,,d
term,m,agreement,duration,,,no,,no,,,,,,d
signed,m,agreement,date,,,no,date,no,,,,,,d
planned,m,organization,date,,,no,date,yes,,,,,,d
not_before,m,agreement,date,,,no,date,yes,,,,after,,d
sold,m,country,integer,drones,country,no,object,no,,subject,,,,d
member_of,m,country,entity,,organization,yes,object,no,,,,,,d
invited_to,m,country,entity,,organization,yes,object,no,,,,,,d
contains,m,agreement,text,,,yes,,no,,,,,,d
said,m,person,quotation,,,yes,,no,,,,,,d
"""


class Small:
    """A project with one source `s`; `ground` gives the verdict of each fact and what was told of it."""

    def __init__(self, root, text, kind, published, title):
        self.root = root
        (root / "raw" / "facts").mkdir(parents=True)
        (root / "raw" / ("notes" if kind == "note" else "articles")).mkdir()
        (root / "schemas").mkdir()
        self.text = root / "raw" / ("notes" if kind == "note" else "articles") / "s.txt"
        self.text.write_text(text, encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        (root / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
        (root / "raw" / "entities.csv").write_text(ENTITIES, encoding="utf-8")
        (root / "schemas" / "predicates.csv").write_text(PREDICATES, encoding="utf-8")
        (root / "raw" / "sources.csv").write_text(
            "source_id,title,publisher,author,url,published,language,licence,text_kind,text_sha256,note\n"
            f"s,{title},p,,,{published},en,CC-BY-4.0,{kind},{digest},\n",
            encoding="utf-8",
        )

    def write(self, *facts):
        names = [column.name for column in FACTS]
        lines = [",".join(names)]
        for number, fact in enumerate(facts):
            cells = {"fact_id": f"f{number}"} | fact
            lines.append(",".join(f'"{cells[name]}"' if cells.get(name) else "" for name in names))
        (self.root / "raw" / "facts" / "s.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def ground(self, *facts):
        self.write(*facts)
        loaded = project.load(self.root)
        raw, report = sources.read(loaded)
        assert raw is not None, report.findings
        found = ground(raw, loaded)
        return found.anchors["verdict"].to_list(), found.findings

    def verdict(self, **fact):
        (verdict,), _ = self.ground(fact)
        return verdict

    def check(self, *, write=False):
        """Run `factpack ground`; entities and predicates that no fact uses are not its matter here."""
        outcome = pipeline.ground(project.load(self.root), write=write)
        findings = tuple(finding for finding in outcome.report.findings if finding.code != "FP211")
        return replace(outcome, report=replace(outcome.report, findings=findings))


@pytest.fixture
def small(tmp_path):
    def make(text, kind="article", published="2025-06-26", title=""):
        return Small(tmp_path, text, kind, published, title)

    return make
