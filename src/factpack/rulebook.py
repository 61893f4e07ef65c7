"""Every rule that can be broken: a stable code, its name, what it means, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the gate. Codes are never reused; a rule that goes leaves its number empty."""

    name: str
    meaning: str
    hint: str


# What is checked, by the first digit of a code; in the order of a run.
STAGES: dict[str, str] = {
    "1": "reading raw files",
    "2": "the vocabulary",
    "3": "the tables against their pandera models",
    "4": "relations between rows and tables",
    "5": "expectation suites",
    "6": "the words of the sources",
    "7": "what is published",
    "8": "the gate itself",
}

RULES: dict[str, Rule] = {
    # 1xx: reading. The bytes of a raw file are not what its format and columns allow.
    "FP101": Rule(
        "not-utf-8",
        "The file holds bytes that are not UTF-8.",
        "Save the file as UTF-8; a typographic quote pasted from another program is the usual cause.",
    ),
    "FP102": Rule(
        "forbidden-character",
        "A cell holds a character that does not show: a control, a bidirectional override, a zero-width character.",
        "Delete the character at the place named, and type the text again.",
    ),
    "FP103": Rule(
        "bad-header",
        "The columns are not the ones this file has: one is missing, unknown, doubled or padded.",
        "Write the header exactly as the other files of the folder have it.",
    ),
    "FP104": Rule(
        "ragged-row",
        "A row has more or fewer cells than the header.",
        "Count the commas; a cell that holds a comma stands in double quotes.",
    ),
    "FP105": Rule(
        "bad-quoting",
        "A double quote is not closed, not doubled inside a quoted cell, or stands in an unquoted one.",
        'Put the cell in double quotes and write each double quote in it as "".',
    ),
    "FP106": Rule(
        "bad-value",
        "A cell does not follow the grammar of its column's type.",
        "Write the value as the type wants it: 11, 41.41, 2025-06-26, P20Y, yes.",
    ),
    "FP107": Rule(
        "duplicate-key",
        "A JSON or YAML object has the same key twice.",
        "Keep one of the two; which one was meant cannot be guessed.",
    ),
    "FP108": Rule(
        "refused-syntax",
        "The file is not well-formed, or uses what raw data may not: YAML anchors, aliases, tags, merges; NaN in JSON.",
        "Write plain keys and values only.",
    ),
    "FP109": Rule(
        "over-limit",
        "A file, a cell, the number of columns or the nesting is over its limit.",
        "Split the file, or shorten the cell.",
    ),
    "FP110": Rule(
        "no-rows",
        "The file holds no rows: an empty file is never a pass.",
        "Add the rows, or delete the file.",
    ),
    "FP111": Rule(
        "missing-value",
        "A cell that must be filled is empty.",
        "Fill the cell; if the source does not say, the row is not a fact.",
    ),
    "FP112": Rule(
        "confusable-id",
        "Two ids look alike: they differ only in case, accents, or letters of another script.",
        "Use one of the two spellings everywhere.",
    ),
    "FP113": Rule(
        "impossible-date",
        "A date follows the grammar but is not in the calendar, or an interval ends before it begins.",
        "Look the date up in the source again.",
    ),
    "FP114": Rule(
        "unreadable-file",
        "The file is missing, is not a regular file, or has a format that raw data cannot have.",
        "Raw tables are .csv, .jsonl, .yaml or .parquet.",
    ),
    "FP115": Rule(
        "duplicate-id",
        "The same id is given to two rows.",
        "An id belongs to one row for ever; give the newer row another.",
    ),
    # 2xx: vocabulary. The row is well-formed, but does not say what its predicate can say.
    "FP201": Rule(
        "unknown-predicate",
        "The predicate is not in schemas/predicates.csv.",
        "Correct the spelling, or add the predicate to the vocabulary.",
    ),
    "FP202": Rule(
        "unknown-entity",
        "A subject, object or attribution is not in raw/entities.",
        "Correct the spelling, or add the entity.",
    ),
    "FP203": Rule(
        "unknown-source",
        "A facts file is named after a source that is not in raw/sources.",
        "Name the file after its source_id, or add the source.",
    ),
    "FP204": Rule(
        "wrong-kind",
        "An entity is not of a kind that the predicate takes as its subject or object.",
        "Check which way round subject and object stand, and the entity's kind.",
    ),
    "FP205": Rule(
        "wrong-type",
        "The value does not follow the type that its predicate has.",
        "Write integers as 11, percentages as 41.41, durations as P20Y; dates go into the date column.",
    ),
    "FP206": Rule(
        "wrong-unit",
        "The unit is not the one of the predicate.",
        "Write the unit as schemas/predicates.csv has it.",
    ),
    "FP207": Rule(
        "incomplete-fact",
        "A column that the predicate requires is empty.",
        "Fill it from the source; if the source does not say, the row is not this fact.",
    ),
    "FP208": Rule(
        "surplus-cell",
        "A column is filled that the predicate does not have.",
        "Empty the cell, or use the predicate that takes it.",
    ),
    "FP209": Rule(
        "date-after-source",
        "The fact happened, or was true, only after its source was published.",
        "Check the year; a plan or a schedule has a predicate of its own.",
    ),
    "FP210": Rule(
        "long-phrase",
        "The phrase has more words than may be taken from a source.",
        "Keep the few words that carry the value.",
    ),
    "FP211": Rule(
        "unused-row",
        "A source has no facts, or no fact names an entity.",
        "Add the facts, or remove the row.",
    ),
    "FP212": Rule(
        "date-order",
        "A fact is said to be true as of a time before it happened.",
        "Check the date and as_of columns.",
    ),
    # 3xx: schema. A table does not follow its pandera model.
    "FP301": Rule(
        "wrong-columns",
        "The table's columns or types are not the ones of its model.",
        "Make transforms/<table>.py and schemas/<table>.py agree.",
    ),
    "FP302": Rule("null-value", "A field that must have a value is null.", "Fill the raw cell it comes from."),
    "FP303": Rule(
        "check-failed",
        "A value breaks a check of the table's model.",
        "Correct the raw cell, or the check if it is wrong.",
    ),
    "FP304": Rule(
        "duplicate-row",
        "Two rows of a table have the same key.",
        "Merge the two facts, or make the key tell them apart.",
    ),
    "FP305": Rule(
        "empty-table",
        "A table has no rows: there was nothing to check.",
        "Look at its transform and its facts.",
    ),
    "FP306": Rule(
        "proposed-model",
        "The model of a table was inferred from its rows by factpack init, and still says PROPOSED.",
        "Read the model, correct types, nulls and the key, and take the line PROPOSED = True out.",
    ),
    # 4xx: relations between tables and rows.
    "FP401": Rule("foreign-key", "A reference leads nowhere.", "Add the row it names, or correct the reference."),
    "FP402": Rule(
        "stated-count",
        "A stated number is not the number of things counted in the dataset.",
        "Check the number in the source; add the members that are missing, each with its own fact.",
    ),
    "FP403": Rule(
        "sum",
        "The parts do not add up to the whole they are stated to make.",
        "Check the parts and the whole.",
    ),
    "FP404": Rule("order", "One date comes before another that it must follow.", "Check both dates in their sources."),
    "FP405": Rule("part-of-whole", "A part is larger than its whole.", "Check which number is the part."),
    # 5xx: expectation suites.
    "FP501": Rule(
        "expectation",
        "An expectation of the table's suite is not met.",
        "See the notes of the expectation in checks/.",
    ),
    "FP502": Rule(
        "bad-suite",
        "A suite file has a key, an expectation or an argument that does not exist, or a string row_condition.",
        "Compare with the other suites in checks/.",
    ),
    "FP503": Rule(
        "empty-suite", "A table has no suite, or its suite has no expectations.", "Write checks/<table>.json."
    ),
    "FP504": Rule(
        "expectation-did-not-run",
        "An expectation raised, or fewer ran than the suite declares: the data was not judged.",
        "Read the message; a missing column or a wrong type is the usual cause.",
    ),
    # 6xx: grounding. The words that a fact rests on.
    "FP601": Rule(
        "phrase-missing",
        "The phrase does not stand in the text of its source.",
        "Copy the words from the source again, with their quotation marks and dashes.",
    ),
    "FP602": Rule(
        "phrase-ambiguous",
        "The phrase stands in its source more than once, and the paragraph does not say which one is meant.",
        "Take a word more into the phrase, or fill the paragraph.",
    ),
    "FP603": Rule(
        "text-changed",
        "The text of a source is not the one that its facts were taken from.",
        "Read the facts against the new text, then write its sha256 into raw/sources.",
    ),
    "FP604": Rule(
        "long-text",
        "The text of a source is too long to be one article.",
        "Keep one article a file; a report of many chapters is a source for each.",
    ),
    "FP605": Rule(
        "value-mismatch",
        "The words give another value, date or modifier than the fact.",
        "Correct the fact, or choose the words that say what it says.",
    ),
    "FP606": Rule(
        "precision-overclaim",
        "The date of the fact is more precise than its words.",
        "Write the date only as precisely as the source gives it.",
    ),
    "FP607": Rule(
        "precision-underclaim",
        "The date of the fact is less precise than its words.",
        "Write the date as precisely as the source gives it.",
    ),
    "FP608": Rule(
        "value-ambiguous",
        "The phrase carries several values of the kind, and does not say which one is meant.",
        "Take fewer words into the phrase.",
    ),
    "FP609": Rule(
        "vague-words",
        "The words name a time that no calendar has, or that the text alone does not resolve.",
        "Leave the date out; or give the source its published day or a dateline.",
    ),
    "FP610": Rule(
        "unsupported",
        "The words do not say what the fact says.",
        "Choose the words that do, or remove the fact.",
    ),
    "FP611": Rule(
        "unnamed-entity",
        "The source does not name an entity of the fact, or its phrase does not where the predicate wants it.",
        "Check which entity is meant; give it the alias that the source uses, or declare what the source is about.",
    ),
    "FP612": Rule(
        "polarity",
        "The words deny what the fact affirms, or affirm what it denies.",
        "Set or empty the polarity, or choose the words that say it.",
    ),
    "FP613": Rule(
        "swapped",
        "Subject and object stand in the order that the sentence has them in the other way round.",
        "Check who does it to whom.",
    ),
    "FP620": Rule(
        "not-anchored",
        "A fact has no line in raw/anchors.lock.",
        "Run `factpack ground --write` with the text at hand, and commit the lock.",
    ),
    "FP621": Rule(
        "changed-since-anchored",
        "A fact, its text or the normaliser is not what it was when the fact was anchored.",
        "Run `factpack ground --write` with the text at hand, and review the lock's difference.",
    ),
    "FP622": Rule(
        "broken-lock",
        "A lock was edited or merged by hand.",
        "Take either side of the conflict whole, then run `factpack ground --write`.",
    ),
    "FP623": Rule(
        "stale-anchor",
        "An anchor belongs to no fact.",
        "Run `factpack ground --write`.",
    ),
    "FP624": Rule(
        "another-claim",
        "A fact_id now speaks of another subject, predicate, object or source than when it was anchored.",
        "Give the new claim a fact_id of its own; if the old was wrong from the start, delete its line from the lock.",
    ),
    "FP630": Rule(
        "unclaimed-numeral",
        "A numeral, percentage or date of a text is carried by no fact.",
        "Add the fact, or a row in raw/waivers.csv that says why it is none.",
    ),
    "FP631": Rule(
        "low-coverage",
        "Facts carry fewer of a source's numerals than [tool.factpack] coverage asks for.",
        "Add the facts that are missing, or waive what is no fact.",
    ),
    "FP632": Rule(
        "unused-waiver",
        "A waiver names words in which no numeral stands.",
        "Correct its words or paragraph, or remove it.",
    ),
    "FP633": Rule(
        "coverage-unknown",
        "The coverage of a source is not known here, and raw/coverage.lock counted other facts.",
        "Run `factpack ground --write` with the text at hand.",
    ),
    # 7xx: packaging and publishing.
    "FP701": Rule(
        "invalid-package",
        "frictionless does not accept the data package.",
        "The message is frictionless' own; nothing was published.",
    ),
    "FP702": Rule(
        "vanished-fact",
        "A fact that was published is gone from raw/, and raw/retractions.csv does not say why.",
        "Put the row back, or retract it with its reason.",
    ),
    "FP703": Rule(
        "retracted-fact",
        "A fact that was retracted stands in raw/ again.",
        "Give the claim a new fact_id, or take the retraction back.",
    ),
    "FP704": Rule(
        "correction-expects",
        "A correction expects another raw value than there is.",
        "Look at the source: take the correction out if the raw value is right now, or expect what it is.",
    ),
    "FP711": Rule(
        "altered-file",
        "A published file is not what its version sealed: other bytes, missing, or added.",
        "Take the version from where it was published; a published version never changes.",
    ),
    "FP712": Rule(
        "broken-chain",
        "What stands beside the versions does not follow from them: list, pointer, changelog or catalogue.",
        "Restore it from the last commit that published, or publish again.",
    ),
    "FP713": Rule(
        "logical-hash",
        "A table of a published version does not have the logical hash that its manifest tells.",
        "Do not use this version; publish the dataset anew from its sources.",
    ),
    "FP721": Rule(
        "lexical-form",
        "A value of a data package does not have the form, or the type, that the standard gives it.",
        "Write it as Table Schema says: 1000 for 1_000, 2020-01-01 for 2020-1-1.",
    ),
    "FP722": Rule(
        "unverified-file",
        "A file of a data package does not have the size or the hash that its descriptor says, or none that is known.",
        "Take the file from where the package was published, or correct the descriptor.",
    ),
    "FP723": Rule(
        "repeated-key",
        "Two rows of a data package have the same key.",
        "Take one of them out, or take the key out of the schema.",
    ),
    "FP724": Rule(
        "broken-constraint",
        "A value of a data package breaks a constraint of its field.",
        "Correct the value, or the constraint.",
    ),
    "FP725": Rule(
        "dangling-reference",
        "A foreign key of a data package refers to a row that is not there.",
        "Add the row that it refers to, or correct the key.",
    ),
    "FP726": Rule(
        "unsafe-path",
        "A data package would have files read that are not in its folder, or fetched.",
        "Put all files beside the descriptor, without links that lead elsewhere.",
    ),
    "FP727": Rule(
        "unchecked",
        "A part of a data package cannot be checked by the strict profile.",
        "Change it to something that can, or validate without --strict.",
    ),
    "FP731": Rule(
        "fewer-rows",
        "A table has lost more of its rows since the last published version than may go unexplained.",
        "Look for a source that was not read; retract what is gone for good, or raise [tool.factpack] drift.",
    ),
    "FP732": Rule(
        "emptier-column",
        "A column has values in a smaller share of its rows than in the last published version.",
        "Look for an extractor that stopped filling it.",
    ),
    "FP733": Rule(
        "shifted-values",
        "The values of a column are distributed otherwise than in the last published version.",
        "Look whether a unit, a sign or a category has changed in the new rows.",
    ),
    # 8xx: the gate itself.
    "FP801": Rule(
        "expired-waiver",
        "A waiver in [tool.factpack] has run out.",
        "Mend what it waived, or give it a later day and a reason for it.",
    ),
    "FP802": Rule(
        "unused-waiver",
        "A waiver in [tool.factpack] waives nothing that was found.",
        "Remove it.",
    ),
}


def explain(code: str) -> str:
    """Explain a rule as Markdown: what it means, when it is checked, what to do.

    Example:
        >>> print(explain("FP402").splitlines()[0])
        ### FP402 stated-count
    """
    rule = RULES[code]
    return "\n".join(
        [
            f"### {code} {rule.name}",
            "",
            rule.meaning,
            "",
            f"- Checked with {STAGES[code[2]]}.",
            f"- What to do: {rule.hint}",
        ]
    )


def page() -> str:
    """Write the page of all rules, as Markdown."""
    head = (
        "# Rules\n\nWritten by `factpack explain --all`. A code never changes its meaning, and is never used again.\n"
        "`[tool.factpack.rules.FP630]` sets how much a rule weighs, and `[[tool.factpack.waivers]]` accepts single\n"
        "findings for a time ([the gate](gate.md)).\n"
    )
    parts = [head]
    for digit, stage in STAGES.items():
        codes = [code for code in sorted(RULES) if code[2] == digit]
        parts += [f"## {digit}xx: {stage}\n", *(explain(code) + "\n" for code in codes)]
    return "\n".join(parts)


def essential(code: str) -> bool:
    """Say whether tables are made of what the rule holds for, so that no project can let a breach of it pass."""
    return code.startswith("FP1") or "FP201" <= code <= "FP208"
