"""A pytest plugin for Great Expectations' own tests: each that runs on pandas' data frames runs on polars', too.

Run as `pytest -p beside` in a folder that has GX' own `tests/`, as its source distribution ships them. What passes on
pandas passes on polars, but for what is argued in `ARGUED`; so the run fails with a difference, or where too few were
compared, and not with what fails on both.
"""

import locale
import re
from collections import Counter

# What differs on purpose, by the test's name, and why; see docs/validation.md.
TYPES = "types have polars' names, and no column is of Python objects"
TEXT = "a row condition that is text is refused, since pandas executes it"
ARGUED = {
    "test_expect_column_type_to_be.py::test_column_name_is_resolved_case_insensitively": TYPES,
    "test_expect_column_type_to_be.py::test_known_type_mismatch_returns_false": TYPES,
    "test_expect_column_type_to_be.py::test_nullable_and_numpy_integer_dtypes_are_distinct": TYPES,
    "test_expect_column_type_to_be.py::test_str_does_not_match_object_dtype": TYPES,
    "test_expect_column_type_to_be.py::test_str_matches_default_string_column": TYPES,
    "test_expect_column_type_to_be.py::test_success_object_dtype": TYPES,
    "test_expect_column_type_to_be.py::test_success_pandas": TYPES,
    "test_expect_column_type_to_be.py::test_success_with_suite_param_type_": TYPES,
    "test_expect_column_type_to_be.py::test_unitless_datetime64_matches_any_resolution": TYPES,
    "test_expect_column_values_to_be_in_type_list.py::test_include_unexpected_rows_pandas": TYPES,
    "test_expect_column_values_to_be_of_type.py::test_include_unexpected_rows_pandas": TYPES,
    "test_expect_column_values_to_be_of_type.py::test_success_types": TYPES,
    "test_batch_column_types.py::test_pandas_success": TYPES,
    "test_row_condition_filtering_compound_conditions_pandas_only": TEXT,
    "test_row_condition_filtering_pandas": TEXT,
    "test_expect_column_min_to_be_between__pandas_row_condition": TEXT,
    "test_expect_column_values_to_not_be_null.py::test_failure_pandas_dataframe": "the query is polars code",
    "TestColumnDistinctValues::test_distinct_values_pandas": "a missing value is no value, as on SQL and Spark",
    "TestColumnValuesNonNull::test_success_pandas": "a condition is an expression, where GX wants a pandas series",
}
LEAST = 500
OUTCOMES: dict[str, str] = {}
WHY: dict[str, str] = {}

_setlocale = locale.setlocale


def setlocale(category, wanted=None):
    """Set a locale; where the American one, which GX' tests ask for at once, is not installed, the plain one."""
    try:
        return _setlocale(category, wanted)
    except locale.Error:
        return _setlocale(category, "C.UTF-8")


locale.setlocale = setlocale


def pytest_configure(config):
    import dataclasses

    import polars as pl
    from tests.integration import conftest
    from tests.integration.test_utils.data_source_config import pandas_data_frame as frames
    from tests.integration.test_utils.data_source_config.registry import register_data_source_config

    import factpack.adapters.gx.polars  # noqa: F401

    @register_data_source_config
    class PolarsFrameTestConfig(frames.PandasDataFrameDatasourceTestConfig):
        DATA_SOURCE_SPEC = dataclasses.replace(
            frames.PandasDataFrameDatasourceTestConfig.DATA_SOURCE_SPEC,
            label="polars-frame",
            public_name="polars",
            fluent_types=frozenset({"polars"}),
        )

        def create_batch_setup(self, request, data, extra_data, context, engine_manager=None):
            assert not extra_data
            return PolarsFrameSetup(data=data, config=self, context=context)

    class PolarsFrameSetup(frames.PandasDataFrameBatchTestSetup):
        def make_asset(self):
            source = self.context.data_sources.add_polars(self._random_resource_name())
            return source.add_dataframe_asset(self._random_resource_name())

        def make_batch(self):
            whole = self.make_asset().add_batch_definition_whole_dataframe(self._random_resource_name())
            empty = [name for name, values in self.data.items() if values.dtype == object and values.isna().all()]
            # Of objects that are all missing, no type is known.
            frame = pl.from_pandas(self.data).with_columns(pl.lit(None).alias(name) for name in empty)
            return whole.get_batch(batch_parameters={"dataframe": frame})

    theirs = conftest.parameterize_batch_for_data_sources

    def parameterize(data_source_configs, *arguments, **named):
        beside = [
            PolarsFrameTestConfig(name=one.name, column_types=one.column_types)
            for one in data_source_configs
            if type(one) is frames.PandasDataFrameDatasourceTestConfig
        ]
        return theirs([*data_source_configs, *beside], *arguments, **named)

    conftest.parameterize_batch_for_data_sources = parameterize


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        OUTCOMES[report.nodeid] = report.outcome
        WHY[report.nodeid] = str(report.longrepr)


def compared():
    """Give the outcomes of each test on pandas and on polars, by its name on polars."""
    pairs = {}
    for name, outcome in OUTCOMES.items():
        other = re.sub("polars-frame", "pandas-data-frame", name)
        if other != name and other in OUTCOMES:
            pairs[name] = (OUTCOMES[other], outcome)
    return pairs


def judged():
    """Give the tests that pass on pandas alone and are not argued, and what is argued and is not so."""
    different = [name for name, (theirs, ours) in compared().items() if theirs == "passed" != ours]
    stale = [part for part in ARGUED if not any(part in name for name in different)]
    return [name for name in different if not any(part in name for part in ARGUED)], stale


def pytest_terminal_summary(terminalreporter):
    different, stale = judged()
    for name in different:
        terminalreporter.write_line(f"different: {name}\n{WHY[name]}")
    for part in stale:
        terminalreporter.write_line(f"argued, but it does not differ: {part}")
    terminalreporter.write_line(f"beside: (pandas, polars): {dict(Counter(compared().values()))}")


def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        different, stale = judged()
        session.exitstatus = int(bool(different or stale) or len(compared()) < LEAST)
