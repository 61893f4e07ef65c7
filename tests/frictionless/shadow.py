"""A pytest plugin for frictionless' own tests: whatever they validate is validated by us, too, and must come out equal.

Run as `pytest -p shadow` in a folder that has frictionless' `data/`. Of its own tests some want a network, a database
or an extra that is not here; so the run fails where a report differs or too few were compared, and not with theirs.
"""

import json

from frictionless import Resource

from factpack.adapters.frictionless import validation

OUTCOMES = {"equal": 0, "invalid": 0, "left to frictionless": 0}
DIFFERENT = []


def told(report):
    content = report.to_descriptor()
    for part in [content, *content["tasks"]]:
        part["stats"].pop("seconds", None)
    return json.dumps(content, sort_keys=True, default=str)


def pytest_configure(config):
    theirs, inside = Resource.validate, []

    def validate(self, checklist=None, **options):
        given = {key: value for key, value in options.items() if value}
        plain = checklist is None or not (checklist.checks or checklist.pick_errors or checklist.skip_errors)
        ours = plain and not set(given) - {"limit_errors"} and self.path is not None and self.closed
        if inside or not ours or self.remote:
            return theirs(self, checklist, **options)
        copied = self.to_copy()
        expected = theirs(self, checklist, **options)
        inside.append(True)
        try:
            found = validation.validate(copied, limit_errors=options.get("limit_errors", 1000))
        finally:
            inside.pop()
        same = told(found) == told(expected)
        OUTCOMES["equal"] += same
        OUTCOMES["invalid"] += not expected.valid
        if not same:
            DIFFERENT.append((self.to_descriptor(), told(found), told(expected)))
        return expected

    Resource.validate = validate
    left = validation.logger.info

    def info(*arguments, **named):
        OUTCOMES["left to frictionless"] += 1
        left(*arguments, **named)

    validation.logger.info = info


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"shadow: {json.dumps(OUTCOMES | {'different': len(DIFFERENT)})}")
    for descriptor, found, expected in DIFFERENT:
        terminalreporter.write_line(f"different: {descriptor}\n ours: {found[:2000]}\n theirs: {expected[:2000]}")


def pytest_sessionfinish(session):
    session.exitstatus = int(bool(DIFFERENT) or OUTCOMES["equal"] < 100)
