"""The engine in the process: DuckDB in memory, without network, extensions or access to files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
import pyarrow as pa

from crmsheet.engine.engine import BATCH_ROWS

if TYPE_CHECKING:
    import duckdb
    from pandas.api.extensions import ExtensionDtype

_NAME = re.compile(r"[a-z_][a-z0-9_]*")

_LOCKED_DOWN = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET python_enable_replacements = false",  # SQL sees relations, never the caller's variables
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


class LocalEngine:
    """DuckDB in the process. Use it as a context manager, or call `close()`.

    It spills to a private temporary folder above `memory`, and removes the folder on closing.
    """

    __slots__ = ("_connection", "_folder")

    def __init__(self, memory: str = "1500MB", threads: int | None = None) -> None:
        import duckdb  # commands on one record know this room and open no engine

        self._folder = tempfile.TemporaryDirectory(prefix="crmsheet-", ignore_cleanup_errors=True)
        config: dict[str, Any] = {"memory_limit": memory, "temp_directory": self._folder.name}
        if threads:
            config["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=config)
        for setting in _LOCKED_DOWN:
            self._connection.execute(setting)

    def read(self, name: str, frame: pd.DataFrame) -> None:
        """Makes a frame a relation; its index becomes the column `row_` (BIGINT), NA and NaN become NULL."""
        self._keep(name, arrow(frame))

    def sql(self, text: str, **parameters: object) -> pd.DataFrame:
        """The rows of a query; see `Engine.sql` for the types."""
        return frame(self._run(text, parameters).to_arrow_table())

    def save(self, name: str, text: str, **parameters: object) -> None:
        """Keeps the rows of a query as a relation, replacing one of that name."""
        self._connection.execute(f"CREATE OR REPLACE TABLE {_named(name)} AS {text}", parameters or None)

    def map(self, name: str, text: str, fn: Callable[[pa.RecordBatch], pa.RecordBatch], schema: pa.Schema) -> None:
        """Keeps what a function makes of each batch of a query as a relation.

        In this process: with two cores, two spawned workers took 1.7 s for 50,000 phone numbers parsed one by one
        (here 1.5 s), and 4.1 s for 200,000 (5.8 s); the normalisers, ten times as fast, would only lose by it.
        """
        self._keep(name, pa.Table.from_batches((fn(batch) for batch in self.stream(text)), schema))

    def stream(self, text: str, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """The rows of a query in Arrow batches of at most `rows`."""
        yield from self._run(text, {}).to_arrow_reader(rows)

    def close(self) -> None:
        """Frees the memory and the temporary folder."""
        self._connection.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _keep(self, name: str, rows: pa.Table) -> None:
        """A native table: several times faster to scan again than Arrow, and the Arrow copy can go."""
        self._connection.register("incoming_", rows)
        try:
            self.save(name, "SELECT * FROM incoming_")
        finally:
            self._connection.unregister("incoming_")

    def _run(self, text: str, parameters: dict[str, object]) -> duckdb.DuckDBPyRelation:
        """The relation of a query on its own cursor, so that two may be read at once."""
        return self._connection.cursor().sql(text, params=parameters or None)


def arrow(values: pd.DataFrame) -> pa.Table:
    """A frame as an Arrow table; NA and NaN are null, objects are text.

    Its index becomes `row_` int64, unless it has a column of that name (the result of a query has).
    """
    columns = {} if "row_" in values else {"row_": pa.array(values.index.to_numpy("int64"))}
    for name in values.columns:
        series = values[name]
        if series.dtype == object or isinstance(series.dtype, pd.CategoricalDtype):
            series = series.astype("object").where(series.notna(), None)
            columns[str(name)] = pa.array([None if each is None else str(each) for each in series], pa.string())
        else:
            columns[str(name)] = pa.array(series, from_pandas=True)
    return pa.table(columns)


def frame(rows: pa.Table) -> pd.DataFrame:
    """An Arrow table as a frame of the few types that the rooms know."""
    out = {}
    for at, name in enumerate(rows.column_names):
        column = _plain(rows.column(at))
        kind = _nullable(column.type) if column.null_count else None
        out[name] = column.to_pandas(types_mapper=(lambda _, kind=kind: kind) if kind else None)
    return pd.DataFrame(out)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decimals and huge integers as float64, dates as timestamps, timestamps in microseconds."""
    kind = column.type
    if pa.types.is_decimal(kind):
        return column.cast(pa.string()).cast(pa.float64())  # by way of text: the direct cast is off in the last digit
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us"))
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    return column


def _nullable(kind: pa.DataType) -> ExtensionDtype | None:
    """The dtype that keeps a gap in integers and truth values."""
    if pa.types.is_integer(kind):
        return pd.Int64Dtype()
    return pd.BooleanDtype() if pa.types.is_boolean(kind) else None


def _named(name: str) -> str:
    """The name, if it is one: it is put into SQL text."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of a relation: {name!r}")
    return name
