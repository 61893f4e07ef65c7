"""Arguments of expectations compared with columns: exactly, and never by a cast that would change either."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
from dateutil.parser import parse

from factpack.adapters.gx.polars.unsupported import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable

_TEXT = (pl.String, pl.Categorical, pl.Enum)
# Wide enough for any number that a float or a decimal column can hold.
_EXACT = Context(prec=800)


def members(values: pl.Expr, dtype: pl.DataType, wanted: Iterable[Any]) -> pl.Expr:
    """Say which values are among those wanted; null where the value is missing.

    Raises:
        Unsupported: the column is of a type that has no such comparison here.
    """
    kept = [value for one in wanted if (value := _typed(one, dtype)) is not None]
    if isinstance(dtype, pl.Categorical | pl.Enum):
        values, dtype = values.cast(pl.String), pl.String()
    return values.is_in(pl.Series(kept, dtype=dtype).implode())


def inside(  # noqa: PLR0913 - the arguments of GX
    values: pl.Expr, dtype: pl.DataType, least: Any, most: Any, *, open_min: bool = False, open_max: bool = False
) -> pl.Expr:
    """Say which values lie between two bounds, of which either may be open or None; null where one is missing.

    Raises:
        TypeError: a bound is of a type that the column's values cannot be compared with.
        ValueError: no bound is given, or they are crossed.
        Unsupported: the column is of a type that has no such comparison here.
    """
    if least is None and most is None:
        raise ValueError("min_value and max_value cannot both be None")
    if least is not None and most is not None and least > most:
        raise ValueError("min_value cannot be greater than max_value")
    if dtype == pl.Boolean:
        values, dtype = values.cast(pl.Int8), pl.Int8()
    parts = []
    if least is not None:
        bound = _bound(least, dtype, ROUND_FLOOR if open_min else ROUND_CEILING)
        parts.append(values > bound if open_min else values >= bound)
    if most is not None:
        bound = _bound(most, dtype, ROUND_CEILING if open_max else ROUND_FLOOR)
        parts.append(values < bound if open_max else values <= bound)
    return parts[0] & parts[-1]


def _bound(bound: Any, dtype: pl.DataType, rounding: str) -> pl.Expr:
    """Make a literal of a bound; between the numbers that a column can hold, it is moved to the next of them."""
    if dtype.is_temporal() or isinstance(dtype, *_TEXT[:1]):
        value = _typed(bound, dtype)
        if value is None:
            raise TypeError(f"{bound!r} cannot be compared with a column of type {dtype}")
        return pl.lit(value, dtype=dtype)
    if not dtype.is_numeric():
        raise Unsupported(f"bounds on a column of type {dtype}")
    if isinstance(bound, str) or not isinstance(bound, int | float | Decimal):
        raise TypeError(f"{bound!r} cannot be compared with a column of type {dtype}")
    if dtype.is_float() or (isinstance(bound, float) and not math.isfinite(bound)):
        return pl.lit(float(bound), dtype=pl.Float64)
    scale = dtype.scale if isinstance(dtype, pl.Decimal) else 0
    moved = _EXACT.create_decimal(bound).quantize(Decimal(1).scaleb(-scale), rounding=rounding, context=_EXACT)
    return pl.lit(moved) if scale else pl.lit(int(moved))


def _typed(value: Any, dtype: pl.DataType) -> Any:
    """Give the value that a column would hold where it is equal to this one; None if it never is."""
    if isinstance(dtype, _TEXT):
        return value if isinstance(value, str) else None
    if dtype.is_temporal():
        return _moment(value, dtype)
    if not (dtype.is_numeric() or dtype == pl.Boolean):
        raise Unsupported(f"a comparison with a column of type {dtype}")
    if isinstance(value, str) or not isinstance(value, int | float | Decimal):
        return None
    if dtype == pl.Boolean:
        return bool(value) if value in {0, 1} else None
    if dtype.is_float():
        return float(value)
    return _on_grid(value, dtype)


def _on_grid(value: float | Decimal, dtype: pl.DataType) -> int | Decimal | None:
    """Give a number as a column of integers or decimals holds it, or None if it cannot."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    exact = _EXACT.create_decimal(value)
    if isinstance(dtype, pl.Decimal):
        rounded = exact.quantize(Decimal(1).scaleb(-dtype.scale), context=_EXACT)
        digits = (dtype.precision or 38) - dtype.scale
        return rounded if rounded == exact and abs(rounded) < Decimal(10) ** digits else None
    least, most = (pl.select(one).item() for one in (dtype.min(), dtype.max()))
    return int(exact) if exact == int(exact) and least <= exact <= most else None


def _moment(value: Any, dtype: pl.DataType) -> Any:
    """Give a date or time as a column holds it; text is parsed as GX does it."""
    if isinstance(value, str) and isinstance(dtype, pl.Date | pl.Datetime):
        try:
            value = parse(value)
        except (ValueError, OverflowError):
            return None
    if isinstance(dtype, pl.Datetime):
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            value = dt.datetime.combine(value, dt.time())
        aware = isinstance(value, dt.datetime) and value.tzinfo is not None
        return value if isinstance(value, dt.datetime) and aware == (dtype.time_zone is not None) else None
    if isinstance(dtype, pl.Date):
        midnight = isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None
        return value.date() if midnight else value if type(value) is dt.date else None
    if isinstance(dtype, pl.Duration):
        return value if isinstance(value, dt.timedelta) else None
    raise Unsupported(f"a comparison with a column of type {dtype}")
