"""A datasource of polars frames and scans; that it is defined makes `context.data_sources.add_polars` of it."""

from __future__ import annotations

import os
from typing import Any, ClassVar, Dict, List, Literal, Sequence, Type, Union  # noqa: UP035 - pydantic evaluates these

import polars as pl
from great_expectations.compatibility import pydantic
from great_expectations.core.batch import LegacyBatchDefinition
from great_expectations.core.batch_definition import BatchDefinition  # noqa: TC002 - as above
from great_expectations.core.batch_spec import RuntimeDataBatchSpec
from great_expectations.core.id_dict import IDDict
from great_expectations.datasource.fluent import BatchRequest
from great_expectations.datasource.fluent.batch_identifier_util import make_batch_identifier
from great_expectations.datasource.fluent.constants import _DATA_CONNECTOR_NAME
from great_expectations.datasource.fluent.interfaces import Batch, DataAsset, Datasource, TestConnectionError
from great_expectations.exceptions.exceptions import BuildBatchRequestError

from factpack.adapters.gx.polars.engine import PolarsExecutionEngine


class _PolarsAsset(DataAsset):
    """A frame, given or scanned, of which the whole is the one batch."""

    def test_connection(self) -> None:
        """Do nothing: there is no connection."""

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        """Name what a batch is asked for with."""
        return ()

    def get_batch_identifiers_list(self, batch_request: BatchRequest) -> List[dict]:  # noqa: UP006
        """Give the one batch there is."""
        return [IDDict(batch_request.options)]

    def build_batch_request(
        self, options: Any = None, batch_slice: Any = None, partitioner: Any = None
    ) -> BatchRequest:
        """Ask for the batch.

        Raises:
            BuildBatchRequestError: a part of it was asked for, or options that there are none of.
        """
        if batch_slice is not None or partitioner is not None:
            raise BuildBatchRequestError(message="a polars asset is one batch: it has no slices and no partitions.")
        self._refuse(options or {})
        return BatchRequest(datasource_name=self.datasource.name, data_asset_name=self.name, options=options or {})

    def _validate_batch_request(self, batch_request: BatchRequest) -> None:
        self._refuse(batch_request.options)

    def _refuse(self, options: Any) -> None:
        raise NotImplementedError

    def _frame(self, batch_request: BatchRequest) -> Union[pl.DataFrame, pl.LazyFrame]:  # noqa: UP007
        raise NotImplementedError

    def get_batch(self, batch_request: BatchRequest) -> Batch:
        """Give the batch."""
        self._validate_batch_request(batch_request)
        spec = RuntimeDataBatchSpec(batch_data=self._frame(batch_request))
        data, markers = self.datasource.get_execution_engine().get_batch_data_and_markers(batch_spec=spec)
        definition = LegacyBatchDefinition(
            datasource_name=self.datasource.name,
            data_connector_name=_DATA_CONNECTOR_NAME,
            data_asset_name=self.name,
            batch_identifiers=make_batch_identifier(batch_request.options),
            batch_spec_passthrough=None,
        )
        return Batch(
            datasource=self.datasource,
            data_asset=self,
            batch_request=batch_request,
            data=data,
            metadata=self._get_batch_metadata_from_batch_request(batch_request, ignore_options=("dataframe",)),
            batch_markers=markers,
            batch_spec=spec,
            batch_definition=definition,
        )


class PolarsFrameAsset(_PolarsAsset):
    """A DataFrame or LazyFrame that is given when a batch is asked for."""

    type: Literal["dataframe"] = "dataframe"

    class Config:  # noqa: D106 - pydantic's
        extra = pydantic.Extra.forbid

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        """Name what a batch is asked for with."""
        return ("dataframe",)

    def add_batch_definition_whole_dataframe(self, name: str) -> BatchDefinition:
        """Define the batch that is the whole frame."""
        return self.add_batch_definition(name=name, partitioner=None)

    def _refuse(self, options: Any) -> None:
        if set(options) != {"dataframe"} or not isinstance(options["dataframe"], pl.DataFrame | pl.LazyFrame):
            raise BuildBatchRequestError(message="options must be {'dataframe': a polars DataFrame or LazyFrame}.")

    def _frame(self, batch_request: BatchRequest) -> Union[pl.DataFrame, pl.LazyFrame]:  # noqa: UP007
        frame: pl.DataFrame | pl.LazyFrame = batch_request.options["dataframe"]
        return frame


class PolarsScanAsset(_PolarsAsset):
    """A file, or files, that polars scans: only what the expectations need is read."""

    type: Literal["scan"] = "scan"
    path: str
    format: Literal["parquet", "csv", "ndjson", "ipc"] = "parquet"
    options: Dict[str, Any] = {}  # noqa: UP006, RUF012

    class Config:  # noqa: D106 - pydantic's
        extra = pydantic.Extra.forbid

    def add_batch_definition_whole_table(self, name: str) -> BatchDefinition:
        """Define the batch that is all the files."""
        return self.add_batch_definition(name=name, partitioner=None)

    def _refuse(self, options: Any) -> None:
        if options:
            raise BuildBatchRequestError(message=f"a scan takes no options when it is read, not {sorted(options)}.")

    def _frame(self, batch_request: BatchRequest) -> pl.LazyFrame:  # noqa: ARG002
        scans: dict[str, Any] = {
            "parquet": pl.scan_parquet,
            "csv": pl.scan_csv,
            "ndjson": pl.scan_ndjson,
            "ipc": pl.scan_ipc,
        }
        scanned: pl.LazyFrame = scans[self.format](self.path, **self.options)
        return scanned

    def test_connection(self) -> None:
        """Read the names of the columns.

        Raises:
            TestConnectionError: the files are not there, or not of the format.
        """
        try:
            self._frame(BatchRequest(datasource_name="x", data_asset_name="x", options={})).collect_schema()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise TestConnectionError(f"{self.path}: {error}") from error


class PolarsDatasource(Datasource):
    """Adds a datasource of polars frames and scans.

    Args:
        name: the name of the datasource.
        streaming: collect with polars' streaming engine, for data that may not fit in memory.
        pandas_fallback: let pandas compute what has no polars expression; otherwise such an expectation fails with a
            message that says so.
    """

    asset_types: ClassVar[Sequence[Type[DataAsset]]] = [PolarsFrameAsset, PolarsScanAsset]  # noqa: UP006

    type: Literal["polars"] = "polars"
    assets: List[Union[PolarsFrameAsset, PolarsScanAsset]] = []  # noqa: UP006, UP007, RUF012
    streaming: bool = False
    pandas_fallback: bool = True

    @property
    def execution_engine_type(self) -> Type[PolarsExecutionEngine]:  # noqa: UP006
        """The engine that metrics are computed with."""
        return PolarsExecutionEngine

    def test_connection(self, test_assets: bool = True) -> None:  # noqa: FBT001, FBT002 - GX's signature
        """Test each scan; there is no other connection."""
        for asset in self.assets if test_assets else ():
            asset.test_connection()

    def add_dataframe_asset(self, name: str, batch_metadata: Any = None) -> PolarsFrameAsset:
        """Add frames that are given when they are validated."""
        asset = PolarsFrameAsset(name=name, batch_metadata=batch_metadata or {})
        self._add_asset(asset=asset)
        return asset

    def add_scan_asset(
        self,
        name: str,
        path: str | os.PathLike[str],
        format: Literal["parquet", "csv", "ndjson", "ipc"] = "parquet",  # noqa: A002
        options: Any = None,
        batch_metadata: Any = None,
    ) -> PolarsScanAsset:
        """Add files that are scanned; `options` are those of polars' function for the format."""
        asset = PolarsScanAsset(
            name=name, path=os.fspath(path), format=format, options=options or {}, batch_metadata=batch_metadata or {}
        )
        self._add_asset(asset=asset)
        return asset
