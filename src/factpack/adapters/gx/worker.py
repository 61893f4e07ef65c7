"""The process in which Great Expectations runs: one request on standard input, one answer on standard output.

The request names a folder with a Parquet file a table, the suites, and the folder of the project's own expectations.
The answer holds, for each expectation in its order, whether it was refused, could not judge, or met; and the rows.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext
    from great_expectations.datasource.fluent.interfaces import Batch
    from great_expectations.expectations.expectation import Expectation

# What the project's suite files may not set: how an expectation is run is the engine's business.
_OWN = {
    "batch_id",
    "catch_exceptions",
    "id",
    "meta",
    "notes",
    "rendered_content",
    "result_format",
    "severity",
    "windows",
}
_ABOUT_NULLS = {"expect_column_values_to_be_null", "expect_column_values_to_not_be_null"}


def main() -> None:
    """Import Great Expectations, then answer the one request."""
    # The import makes millions of objects that all stay, and the process ends soon: collecting costs a tenth of it.
    gc.disable()
    answers = sys.stdout
    # Whatever a library prints must not get between the lines of the answer.
    sys.stdout = sys.stderr
    warnings.simplefilter("ignore")
    import factpack.adapters.gx.polars  # noqa: F401 - registers the engine on which suites run
    from factpack.errors import ConfigurationError

    line = sys.stdin.readline()
    if not line:
        return
    request = json.loads(line)
    try:
        load_own(Path(request["expectations"]))
    except ConfigurationError as error:
        print(json.dumps({"configuration": str(error)}), file=answers, flush=True)
        return
    silent = context()
    tables = {name: _run(silent, name, Path(request["folder"]), suite) for name, suite in request["suites"].items()}
    print(json.dumps({"tables": tables}, default=str), file=answers, flush=True)


def context() -> AbstractDataContext:
    """Make a context that keeps nothing and shows nothing."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    made = gx.get_context(mode="ephemeral")
    made.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return made


def load_own(folder: Path) -> None:
    """Register the project's own expectations: defining an expectation class registers it.

    Raises:
        ConfigurationError: a file does not run, or defines no expectation.
    """
    from great_expectations.expectations.expectation import Expectation

    from factpack.errors import ConfigurationError
    from factpack.project import load_module

    for file in sorted(folder.glob("*.py")):
        module = load_module(file)
        kinds = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Expectation)]
        if not any(kind.__module__ == module.__name__ for kind in kinds):
            raise ConfigurationError(f"{file}: defines no expectation.")


def _run(context: AbstractDataContext, name: str, folder: Path, suite: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run the suite of one table; give a result for each expectation that it declares, in order."""
    import polars as pl

    frame = pl.read_parquet(folder / f"{name}.parquet")
    asset = context.data_sources.add_polars(name).add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    built = build(suite)
    by_place = validate(batch, name, built, "COMPLETE")
    return answers(built, by_place, lambda result: answer(result, _listed(result.result), frame.height))


def validate(
    batch: Batch, name: str, expectations: Iterable[Expectation | str], form: Any
) -> dict[int, ExpectationValidationResult]:
    """Let Great Expectations judge a batch; give each result by the place of its expectation in the suite."""
    import great_expectations as gx

    usable = [one for one in expectations if not isinstance(one, str)]
    validated = batch.validate(gx.ExpectationSuite(name=name, expectations=usable), result_format=form)
    # GX sorts results by column; the place in the suite travels as meta.
    return {_configuration(result).meta["place"]: result for result in validated.results}


def answers(
    built: Sequence[Expectation | str],
    by_place: dict[int, ExpectationValidationResult],
    told: Callable[[ExpectationValidationResult], dict[str, Any]],
) -> list[dict[str, Any]]:
    """Answer for each expectation that a suite declares, in order: none is left out."""
    every = []
    for place, one in enumerate(built):
        if isinstance(one, str):
            every.append(_answer(refused=one))
        elif place not in by_place:
            every.append(_answer(unjudged="Great Expectations gave no result"))
        else:
            every.append(told(by_place[place]))
    return every


def build(suite: Sequence[dict[str, Any]]) -> list[Expectation | str]:
    """Make the expectations that a suite declares; of one that cannot be made, say why."""
    return [_build(declared, place) for place, declared in enumerate(suite)]


def _build(declared: dict[str, Any], place: int) -> Expectation | str:
    """Make the expectation that is declared, or say why there is none such."""
    from great_expectations.exceptions.exceptions import ExpectationNotFoundError
    from great_expectations.expectations.registry import get_expectation_impl

    try:
        kind = get_expectation_impl(declared["type"])
    except ExpectationNotFoundError:
        return "there is no such expectation"
    unknown = sorted(set(declared["kwargs"]) - (set(kind.__fields__) - _OWN))
    if unknown:
        known = ", ".join(sorted(set(kind.__fields__) - _OWN - {"condition_parser"}))
        return f"there is no argument {', '.join(map(repr, unknown))}; it takes {known}"
    try:
        own = {"severity": declared["severity"], "notes": declared["notes"], "meta": {"place": place}}
        return kind(**declared["kwargs"], **own)
    except (ValueError, TypeError) as error:
        return " ".join(str(error).split())


def answer(
    result: ExpectationValidationResult, found: Sequence[tuple[int, Any]], height: int, total: int | None = None
) -> dict[str, Any]:
    """Say what came of an expectation.

    Args:
        result: as Great Expectations gives it.
        found: the rows that do not meet it, and what they hold.
        height: how many rows the table has.
        total: how many rows do not meet it, if not all are given.
    """
    raised = raises(result)
    if raised:
        return _answer(unjudged=f"raised {raised}")
    content = result.result
    configuration = _configuration(result)
    judged = content.get("element_count", 1)
    if configuration.type not in _ABOUT_NULLS:
        judged -= content.get("missing_count") or 0
    if not judged or ("observed_value" in content and content["observed_value"] is None):
        return _answer(unjudged="there was nothing to judge: no rows, or no values in them")
    arguments = configuration.kwargs
    # Of an expectation on several columns, the first is the one that is judged by the others.
    column = arguments.get("column") or arguments.get("column_A") or (arguments.get("column_list") or [None])[0]
    # NaN, which is not itself, stands for a missing number or text.
    texts = [None if value is None or value != value else _text(value) for _, value in found]  # noqa: PLR0124
    rows = sorted(zip((row for row, _ in found), texts, strict=True), key=lambda row: row[0])
    observed = content.get("observed_value", f"{content.get('unexpected_count')} unexpected of {height} rows")
    return _answer(
        success=bool(result.success),
        rows=rows,
        total=len(rows) if total is None else total,
        observed=str(observed),
        column=column,
    )


def _listed(content: dict[str, Any]) -> list[tuple[int, Any]]:
    """Give all rows that are listed in a result, with their values."""
    positions = content.get("unexpected_index_list") or []
    values = content.get("unexpected_list") or [None] * len(positions)
    return list(zip(map(int, positions), values, strict=False))


def _text(value: Any) -> str:
    """Write a value as a reader of the table would: lists with commas, whole floats (ints beside a null) as ints."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(one)}" for name, one in value.items())
    if hasattr(value, "tolist") and hasattr(value, "shape") and value.shape:
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, tuple):
        return " and ".join(map(_text, value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _configuration(result: ExpectationValidationResult) -> Any:
    """Give what GX says it ran; of a result that it made itself, it is never missing."""
    return result.expectation_config


def raises(result: ExpectationValidationResult) -> str | None:
    """Find the exception in what GX says of it: one record, or one for each metric."""
    info = result.exception_info or {}
    records = [info] if "raised_exception" in info else [one for one in info.values() if isinstance(one, dict)]
    return next((str(one.get("exception_message")) for one in records if one.get("raised_exception")), None)


def _answer(**known: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "refused": None,
        "unjudged": None,
        "success": False,
        "rows": [],
        "total": 0,
        "observed": None,
        "column": None,
    }
    return nothing | known


if __name__ == "__main__":
    main()
    # Nothing is left to be closed, and taking down what was imported costs as much as a suite.
    os._exit(0)
