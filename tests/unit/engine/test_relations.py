from __future__ import annotations

from crmsheet.engine import LocalEngine, columns, fields, relations
from tests.unit.engine.made import table


def test_every_table_has_row_key_and_active():
    book = {
        "customers": table(
            "customers",
            [
                {"customer_id": "C1", "record_status": "active"},
                {"customer_id": "C2", "record_status": "merged"},
                {"customer_id": " ", "record_status": "archived"},
                {"customer_id": None, "record_status": None},
            ],
            header_row=4,
        ),
        "transactions": table("transactions", [{"amount": 1.0}]),
    }
    with LocalEngine() as engine:
        relations(engine, book)
        found = engine.sql("SELECT row_, key_, active_ FROM customers ORDER BY row_")
        other = engine.sql("SELECT row_, key_, active_, amount FROM transactions")
    assert found["row_"].tolist() == [5, 6, 7, 8]
    assert found["key_"].fillna("NULL").tolist() == ["C1", "C2", "NULL", "NULL"]
    assert found["active_"].tolist() == [True, False, False, True]
    assert other["key_"].isna().all()
    assert other["active_"].all()
    assert fields(book)["transactions"] == {"amount"}


def test_columns_stand_in_for_fields_that_the_book_lacks():
    with LocalEngine() as engine:
        relations(engine, {"interactions": table("interactions", [{"at": "2024-01-05", "owner": "x"}])})
        text = columns(frozenset({"at", "owner"}), {"at": "TIMESTAMP", "owner": "DOUBLE", "channel": "VARCHAR"})
        found = engine.sql(f"SELECT {text} FROM interactions")
    assert str(found["at"].iloc[0]) == "2024-01-05 00:00:00"
    assert found["owner"].isna().all()  # text that is no number is missing, never an error
    assert str(found["channel"].dtype) == "str"
