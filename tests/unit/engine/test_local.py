from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from crmsheet.engine import LocalEngine


@pytest.fixture
def engine():
    with LocalEngine() as made:
        yield made


FRAME = pd.DataFrame(
    {
        "text": pd.Series(["客户", None, ""], dtype="str"),
        "number": [1.5, float("nan"), -2.0],
        "day": pd.Series(["2024-01-01", None, "2024-02-03"], dtype="datetime64[us]"),
        "whole": pd.array([1, None, 2**60], dtype="Int64"),
        "truth": pd.array([True, None, False], dtype="boolean"),
        "mixed": pd.Series([None, 1, "x"], dtype="object"),
    }
).set_axis([3, 7, 12])


def test_what_is_read_comes_back_with_its_types_and_gaps(engine):
    engine.read("t", FRAME)
    back = engine.sql("SELECT * FROM t ORDER BY row_")
    assert back["row_"].tolist() == [3, 7, 12]
    assert {name: str(kind) for name, kind in back.dtypes.items()} == {
        "row_": "int64",
        "text": "str",
        "number": "float64",
        "day": "datetime64[us]",
        "whole": "Int64",
        "truth": "boolean",
        "mixed": "str",
    }
    assert back.isna().sum().to_dict() == {**dict.fromkeys(FRAME.columns, 1), "row_": 0}
    assert back["whole"].iloc[2] == 2**60
    assert back["mixed"].tolist()[1:] == ["1", "x"]
    assert back["text"].iloc[2] == ""


def test_nan_is_null_in_sql(engine):
    engine.read("t", FRAME)
    assert engine.sql("SELECT sum(number) AS s, count(number) AS n FROM t").iloc[0].tolist() == [-0.5, 2]


def test_a_frame_that_has_row_keeps_it(engine):
    engine.read("t", pd.DataFrame({"row_": [9, 4]}))
    assert engine.sql("SELECT row_ FROM t ORDER BY row_")["row_"].tolist() == [4, 9]


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_frame_keeps_its_columns_and_types(engine, rows):
    engine.read("t", FRAME.head(rows))
    back = engine.sql("SELECT * FROM t")
    assert len(back) == rows
    assert str(back["day"].dtype) == "datetime64[us]"
    assert str(back["text"].dtype) == "str"


def test_dates_decimals_and_empty_columns_come_back_plain(engine):
    back = engine.sql("SELECT DATE '2024-02-29' AS d, CAST(0.1 AS DECIMAL(18, 4)) AS m, NULL AS nothing")
    assert back["d"].iloc[0] == pd.Timestamp("2024-02-29")
    assert (str(back["d"].dtype), str(back["m"].dtype), str(back["nothing"].dtype)) == (
        "datetime64[us]",
        "float64",
        "str",
    )


def test_parameters_are_values_never_text(engine):
    hostile = "'; DROP TABLE t; --"
    engine.read("t", FRAME)
    back = engine.sql("SELECT $word AS word, $day AS day", word=hostile, day=dt.date(2024, 1, 1))
    assert back["word"].iloc[0] == hostile
    assert len(engine.sql("SELECT * FROM t")) == 3


def test_save_replaces_and_takes_parameters(engine):
    engine.read("t", FRAME)
    engine.save("few", "SELECT row_ FROM t WHERE row_ > $least", least=5)
    engine.save("few", "SELECT row_ FROM few WHERE row_ > $least", least=7)
    assert engine.sql("SELECT row_ FROM few")["row_"].tolist() == [12]


@pytest.mark.parametrize("name", ["a b", "t; DROP TABLE t", "", "T", "1a", 'a"'])
def test_a_relation_needs_a_name(engine, name):
    with pytest.raises(ValueError, match="not the name"):
        engine.save(name, "SELECT 1 AS one")


def test_map_runs_a_function_over_batches(engine):
    engine.read("t", pd.DataFrame({"n": range(300_000)}))
    sizes = []

    def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
        sizes.append(batch.num_rows)
        return pa.record_batch({"row_": batch.column("row_"), "m": pa.array([2 * n for n in batch["n"].to_pylist()])})

    engine.map("twice", "SELECT row_, n FROM t", doubled, pa.schema([("row_", pa.int64()), ("m", pa.int64())]))
    assert sum(sizes) == 300_000
    assert len(sizes) > 1
    assert engine.sql("SELECT count(*) AS n, sum(m - 2 * row_) AS off FROM twice").iloc[0].tolist() == [300_000, 0]


def test_map_over_nothing_keeps_the_columns(engine):
    engine.read("t", FRAME.head(0))
    engine.map("none", "SELECT row_ FROM t", lambda batch: batch, pa.schema([("row_", pa.int64())]))
    assert engine.sql("SELECT row_ FROM none").columns.tolist() == ["row_"]


def test_two_streams_and_a_query_at_once(engine):
    engine.read("t", pd.DataFrame({"n": range(10_000)}))
    one, two = engine.stream("SELECT n FROM t ORDER BY n", 2048), engine.stream("SELECT n FROM t ORDER BY n DESC", 2048)
    first, last = next(one), next(two)
    assert (first["n"][0].as_py(), last["n"][0].as_py()) == (0, 9999)
    assert engine.sql("SELECT count(*) AS n FROM t")["n"].iloc[0] == 10_000
    assert first.num_rows + sum(batch.num_rows for batch in one) == 10_000


def test_sql_reaches_no_files_no_network_and_no_variables_of_the_caller(engine, tmp_path: Path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    hidden = FRAME
    assert len(hidden) == 3
    for text in (
        f"SELECT * FROM read_csv('{secret}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
        "INSTALL httpfs",
        "SELECT * FROM hidden",
        "SET enable_external_access = true",
    ):
        with pytest.raises(duckdb.Error):
            engine.sql(text)
    assert not (tmp_path / "out.csv").exists()


def test_it_spills_to_a_folder_of_its_own_and_leaves_nothing():
    with LocalEngine(memory="60MB") as engine:
        engine.read("t", pd.DataFrame({"n": range(600_000)}))
        folder = Path(engine._folder.name)
        ordered = "SELECT md5(CAST(n AS VARCHAR)) AS m, n, md5(CAST(n + 1 AS VARCHAR)) AS o FROM t ORDER BY m"
        assert sum(batch.num_rows for batch in engine.stream(ordered)) == 600_000
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_decimals_come_back_as_the_nearest_float(engine):
    text = "SELECT CAST(n / 100 AS DECIMAL(18, 4)) AS m FROM range(1, 20000) r(n)"
    assert engine.sql(text + " ORDER BY n")["m"].tolist() == [n / 100 for n in range(1, 20000)]
