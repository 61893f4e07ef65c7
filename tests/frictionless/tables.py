"""Random schemas and random files for them, most of whose cells are good and some of every kind of bad."""

import random

CELLS = {
    "integer": "1 0 -5 2 3 4 10 11 007 +3 1_000 ٣ 1.0 abc 4\u00a0 99999999999999999999 1e3 -0 12".split(" "),
    "number": "1 0.5 -2.25 1e5 nan inf NaN 1_0.5 .5 5. x 100 100.0 0 0.0 -0 99.9999999999999999 1;5 7".split(" "),
    "date": "2020-01-01 2020-01-02 2020-1-1 2020-02-30 0001-01-01 20200101 9999-12-31 2020-01-03".split(" "),
    "string": ["a", "b", "ab", "axx", "ünïcode", "NA", "-", "e\u0301", "a b", " a", "A", "a\x1fb", "9"],
    "boolean": "true false True 1 0 yes TRUE T".split(" "),
    "year": "2020 20 0 -1 99999 1999 2021 0999 2020\u00a0".split(" "),
    "datetime": "2020-01-01T00:00:00Z 2020-01-01 x 2020-01-01T00:00:00 2020-01-01T10:00:00+02:00".split(" "),
    "time": "10:00:00 10:00 25:00:00 10:00:00Z".split(" "),
    "any": ["a", "1", "x y"],
    "duration": "P1Y PT1H x P1Y2M".split(" "),
    "yearmonth": "2020-01 2020-13 2020".split(" "),
    "geopoint": ["1,2", "x", "200,1"],
    "object": ['{"a": 1}', "{", "[1]"],
    "list": ["a,b", "a"],
}
BOUNDS = {"integer": [0, 1, 4, 10, "3"], "number": [0, 0.5, 100, "1.5"], "date": ["2020-01-01", "2020-01-02"]}
BOUNDS["year"] = [2000, 2020]
PATTERNS = ["a", "a|b", "[a-z]+", "^a", "a$", ".*", "a.c|x", r"\w+", r"(?=a).*", "[[:alpha:]]"]


def draw_field(draw: random.Random, name):
    kind = draw.choice([*CELLS, "integer", "string", "number", "date"])
    field = {"name": name, "type": kind}
    constraints = {}
    if draw.random() < 0.3:
        constraints["required"] = True
    if draw.random() < 0.25:
        constraints["unique"] = True
    if kind in BOUNDS and draw.random() < 0.5:
        bound = draw.choice(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
        constraints[bound] = draw.choice(BOUNDS[kind])
    if kind == "string" and draw.random() < 0.5:
        constraints |= draw.choice([{"minLength": 1}, {"maxLength": 2}, {"pattern": draw.choice(PATTERNS)}])
    if kind in {"string", "integer", "date", "boolean"} and draw.random() < 0.2:
        constraints["enum"] = draw.sample(CELLS[kind], 3)
    if kind == "number" and draw.random() < 0.15:
        field |= draw.choice([{"decimalChar": ";"}, {"groupChar": "_"}, {"bareNumber": False}])
    if kind == "integer" and draw.random() < 0.1:
        field["bareNumber"] = False
    if draw.random() < 0.15:
        field["missingValues"] = draw.choice([["NA"], ["", "-"], [], ["0"]])
    return field | ({"constraints": constraints} if constraints else {})


def draw_schema(draw: random.Random):
    names = [f"f{at}" for at in range(draw.randint(1, 5))]
    schema = {"fields": [draw_field(draw, name) for name in names]}
    if draw.random() < 0.3:
        schema["missingValues"] = draw.choice([["", "NA"], ["-"], ["", "0"]])
    if draw.random() < 0.4:
        schema["primaryKey"] = draw.sample(names, min(len(names), draw.choice([1, 1, 2])))
    if draw.random() < 0.35:
        fields = draw.sample(names, min(len(names), draw.choice([1, 1, 2])))
        other = draw.choice(["", "other"]) if len(fields) == 1 else ""
        target = ["key"] if other else draw.sample(names, len(fields))
        schema["foreignKeys"] = [{"fields": fields, "reference": {"resource": other, "fields": target}}]
    if draw.random() < 0.1:
        schema["fieldsMatch"] = draw.choice(["exact", "equal", "subset", "superset", "partial"])
    return schema


def draw_rows(draw: random.Random, schema):
    fields = schema["fields"]
    rows = []
    for _ in range(draw.choice([0, 1, 3, 10, 40])):
        cells = [draw.choice(CELLS[field["type"]][: draw.choice([3, 6, 30])]) for field in fields]
        if draw.random() < 0.1:
            cells[draw.randrange(len(cells))] = draw.choice(["", "NA", "-", 'q"q', "a\nb", "x\r\ny", " "])
        if draw.random() < 0.04:
            cells = draw.choice([cells[:-1], [*cells, "more"], [], [""] * len(cells)])
        rows.append(cells)
    return rows


def draw_text(draw: random.Random, header, rows, delimiter):
    """Write rows as a CSV writer does, or with what people do to such files."""
    import csv
    import io

    text = io.StringIO()
    quoting = draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    ending = draw.choice(["\n", "\n", "\r\n"])
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=ending).writerows([header, *rows])
    content = text.getvalue()
    if draw.random() < 0.1:
        at = draw.randrange(len(content) + 1)
        content = content[:at] + draw.choice(['"', "\n", "\r", delimiter, "\n\n", '""', " "]) + content[at:]
    if draw.random() < 0.1:
        content = content.rstrip("\r\n")
    return content
