"""What every engine offers: the same SQL text and the same functions, on whatever runs below."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BATCH_ROWS = 122_880
"""Rows in a batch: one DuckDB row group, so that a batch is never cut out of two."""


class Engine(Protocol):
    """Relations by name, and SQL over them.

    The text must run on any engine: no positional joins, every order and every window tie broken by a key.
    """

    def read(self, name: str, frame: pd.DataFrame) -> None:
        """Makes a frame a relation; NA and NaN become NULL.

        Its index becomes the column `row_` (BIGINT), unless it has a column of that name.
        """

    def sql(self, text: str, **parameters: object) -> pd.DataFrame:
        """The rows of a query; `$name` places are filled from the keywords.

        Columns come back as str, int64 (Int64 with gaps), float64 (decimals too), bool (boolean with gaps) or
        datetime64[us] (dates too); what is missing is NA.
        """

    def save(self, name: str, text: str, **parameters: object) -> None:
        """Keeps the rows of a query as a relation, replacing one of that name."""

    def map(self, name: str, text: str, fn: Callable[[pa.RecordBatch], pa.RecordBatch], schema: pa.Schema) -> None:
        """Keeps what a function makes of each batch of a query as a relation; the batches come in any order."""

    def stream(self, text: str, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """The rows of a query in Arrow batches of at most `rows`, for what is too large for one frame."""

    def close(self) -> None:
        """Frees the memory; the engine is not used afterwards."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
