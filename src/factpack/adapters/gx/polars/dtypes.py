"""Expectations on types, in the names of polars' types.

Great Expectations compares the names of numpy's types on every engine of pandas' kind, and Spark's on Spark; these
three expectations compare polars' own where the engine is ours, and are GX's elsewhere.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import great_expectations.expectations as gxe
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

# What Python calls a type stands for any of polars' that hold such values.
_PYTHON: dict[str, Callable[[pl.DataType], bool]] = {
    "int": lambda dtype: dtype.is_integer(),
    "float": lambda dtype: dtype.is_float(),
    "str": lambda dtype: dtype == pl.String,
    "bool": lambda dtype: dtype == pl.Boolean,
    "date": lambda dtype: dtype == pl.Date,
    "datetime": lambda dtype: isinstance(dtype, pl.Datetime),
    "timedelta": lambda dtype: isinstance(dtype, pl.Duration),
    "bytes": lambda dtype: dtype == pl.Binary,
    "list": lambda dtype: isinstance(dtype, pl.List),
    "dict": lambda dtype: isinstance(dtype, pl.Struct),
}


@dataclass(frozen=True, slots=True)
class PolarsType:
    """The type of a column, as the metric `table.column_types` gives it."""

    dtype: pl.DataType

    @property
    def type(self) -> type[pl.DataType]:
        """The class of the type, where GX looks for numpy's."""
        return type(self.dtype)

    def __str__(self) -> str:
        return str(self.dtype)

    def is_called(self, name: str) -> bool:
        """Tell whether a name is that of this type: its class, with its parameters, or the kind of value in Python.

        Raises:
            ValueError: nothing is called so.

        Example:
            >>> date = PolarsType(pl.Datetime("us"))
            >>> [date.is_called(name) for name in ("Datetime", "Datetime(time_unit='us', time_zone=None)", "Date")]
            [True, True, False]
        """
        if name in _PYTHON:
            return _PYTHON[name](self.dtype)
        if not _is_known(name):
            raise ValueError(
                f"no type is called {name!r}: expected the name of a polars type, as in Int64 or List(String), "
                f"or one of {', '.join(_PYTHON)}"
            )
        return name in {type(self.dtype).__name__, str(self.dtype)}

    def verdict(self, names: list[str] | None) -> dict[str, Any]:
        """Give what the expectation returns: whether any of the names is right, and the type's own.

        A list may name the types of other engines too, so that one suite serves all; but one of them must be ours.
        """
        shown = type(self.dtype).__name__
        ours = [name for name in names or () if name in _PYTHON or _is_known(name)]
        success = names is None or any(self.is_called(name) for name in ours or names)
        return {"success": success, "result": {"observed_value": shown}}


def _is_known(name: str) -> bool:
    kind = getattr(pl, name.split("(", maxsplit=1)[0], None)
    return isinstance(kind, type) and issubclass(kind, pl.DataType)


# Defining an expectation announces in the log that it takes the place of the one of the same name.
_log = logging.getLogger("great_expectations.expectations.registry")
_level = _log.level
_log.setLevel(logging.ERROR)


class ExpectColumnValuesToBeOfType(gxe.ExpectColumnValuesToBeOfType):  # noqa: D101 - it has GX's
    __doc__ = gxe.ExpectColumnValuesToBeOfType.__doc__

    def _validate_pandas(self, actual_column_type: Any, expected_type: Any) -> Any:
        if isinstance(actual_column_type, PolarsType):
            return actual_column_type.verdict(None if expected_type is None else [expected_type])
        return super()._validate_pandas(actual_column_type, expected_type)

    def _validate_spark(self, actual_column_type: Any, expected_type: Any) -> Any:
        if isinstance(actual_column_type, PolarsType):
            return actual_column_type.verdict(None if expected_type is None else [expected_type])
        return super()._validate_spark(actual_column_type, expected_type)


class ExpectColumnTypeToBe(gxe.ExpectColumnTypeToBe):  # noqa: D101 - it has GX's
    __doc__ = gxe.ExpectColumnTypeToBe.__doc__

    def _validate_pandas(self, actual_column_type: Any, expected_type: Any) -> Any:
        if isinstance(actual_column_type, PolarsType):
            return actual_column_type.verdict(None if expected_type is None else [expected_type])
        return super()._validate_pandas(actual_column_type, expected_type)

    def _validate_spark(self, actual_column_type: Any, expected_type: Any) -> Any:
        if isinstance(actual_column_type, PolarsType):
            return actual_column_type.verdict(None if expected_type is None else [expected_type])
        return super()._validate_spark(actual_column_type, expected_type)


class ExpectColumnValuesToBeInTypeList(gxe.ExpectColumnValuesToBeInTypeList):  # noqa: D101 - it has GX's
    __doc__ = gxe.ExpectColumnValuesToBeInTypeList.__doc__

    def _validate_pandas(self, actual_column_type: Any, expected_types_list: Any) -> Any:
        if isinstance(actual_column_type, PolarsType):
            return actual_column_type.verdict(expected_types_list)
        return super()._validate_pandas(actual_column_type, expected_types_list)

    def _validate_spark(self, actual_column_type: Any, expected_types_list: Any) -> Any:
        if isinstance(actual_column_type, PolarsType):
            return actual_column_type.verdict(expected_types_list)
        return super()._validate_spark(actual_column_type, expected_types_list)


_log.setLevel(_level)
