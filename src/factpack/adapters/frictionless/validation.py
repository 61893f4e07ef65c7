"""frictionless' own reports, faster: what is proven good is not looked at again, and the rest is read by frictionless.

The report is the one that frictionless makes of the same resource or package, error for error. What cannot be proven
here (other formats than plain CSV and Parquet, other checks, remote data) is validated by frictionless itself.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from frictionless import Checklist, FrictionlessException, Report, Resource, helpers
from frictionless.resources import TableResource

from factpack.adapters.frictionless import parquetfile
from factpack.adapters.frictionless.csvtable import Table
from factpack.adapters.frictionless.replay import replay
from factpack.adapters.frictionless.unsupported import Unsupported

if TYPE_CHECKING:
    from frictionless import Package

logger = logging.getLogger(__name__)

_MOST_ERRORS = 1_000


def validate(source: Resource | Package, *, limit_errors: int = _MOST_ERRORS) -> Report:
    """Validate a resource or a package, and give the report that its own `validate` gives.

    Args:
        source: a frictionless resource or package.
        limit_errors: stop after so many errors of a resource, as frictionless does; 0 for none.

    Example:
        >>> from frictionless import Resource
        >>> report = validate(Resource(data=[["id"], ["1"], ["x"]], schema={"fields": [{"name": "id"}]}))
        >>> report.valid
        True
    """
    if isinstance(source, Resource):
        return _validate_resource(source, limit_errors)
    timer = helpers.Timer()
    try:
        source.to_descriptor(validate=True)
    except FrictionlessException as problem:
        return Report.from_validation(time=timer.time, errors=problem.to_errors())
    reports = [_validate_resource(one, limit_errors) for one in source.resources]
    return Report.from_validation_reports(time=timer.time, reports=reports)


def _validate_resource(resource: Resource, limit: int) -> Report:
    try:
        return _prove(resource, limit)
    except Unsupported as reason:
        logger.info("%s is left to frictionless: %s", resource.name, reason)
        with suppress(FrictionlessException):
            resource.close()
        return resource.validate(limit_errors=limit)


def _prove(resource: Resource, limit: int) -> Report:
    """Validate as frictionless does, but for how the rows are read.

    Raises:
        Unsupported: frictionless has to.
    """
    if not isinstance(resource, TableResource) or not resource.closed:
        raise Unsupported("it is no closed table")
    if resource.remote or resource.multipart or resource.compression or resource.path is None:
        raise Unsupported("it is no plain local file")
    timer, warnings = helpers.Timer(), _ignored_hash(resource)
    try:
        resource.to_descriptor(validate=True)
    except FrictionlessException as problem:
        return Report.from_validation_task(resource, time=timer.time, errors=problem.to_errors())
    if parquetfile.is_plain(resource):
        return parquetfile.prove(resource, limit, timer, warnings)
    if resource.format not in {"csv", "tsv"}:
        raise Unsupported(f"the format is {resource.format}")
    checklist = Checklist()
    checks = checklist.connect(resource)
    try:
        resource.open()
    except FrictionlessException as problem:
        resource.close()
        return Report.from_validation_task(resource, time=timer.time, errors=problem.to_errors())
    with resource:
        found = [error for check in checks for error in check.validate_start() if checklist.match(error)]
        table = Table.of(resource)
        rows = table.suspects(limit)
        if limit and len(found) >= limit and table.rows:
            # It is after a row that frictionless looks how many errors there are.
            rows = [table.file.skipped + 1]
        for number, errors in replay(resource, table.fields, table.file.again(rows)):
            found += filter(checklist.match, errors)
            if limit and len(found) >= limit:
                del found[limit:]
                warnings.append(f"reached error limit: {limit}")
                _stop_at(resource, number)
                break
        else:
            _finish(resource, table)
            found += [error for check in checks for error in check.validate_end() if checklist.match(error)]
        labels = resource.labels
        return Report.from_validation_task(resource, time=timer.time, labels=labels, errors=found, warnings=warnings)


def _ignored_hash(resource: Resource) -> list[str]:
    if not resource.hash or helpers.parse_resource_hash_v1(resource.hash)[0] in {"md5", "sha256"}:
        return []
    return ["hash is ignored; supported algorithms: md5/sha256"]


def _stop_at(resource: TableResource, last: int) -> None:
    """Read the cells up to a row, so that the statistics are those of a reader that stopped there."""
    resource.stats.rows = 0
    for number, _ in resource.dialect.read_enumerated_content_stream(resource.cell_stream):
        resource.stats.rows += 1
        if number >= last:
            break


def _finish(resource: TableResource, table: Table) -> None:
    resource.stats.rows = table.rows
    resource.stats.bytes, resource.stats.md5, resource.stats.sha256 = table.file.size, table.file.md5, table.file.sha256
