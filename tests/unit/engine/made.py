"""Small tables made by hand, typed as the clean room types them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crmsheet.core.book import Table
from crmsheet.core.cells import column_letters
from crmsheet.core.messages import Speech
from crmsheet.core.schema import Choice, Field, Schema, TableSchema

NUMBERS = {"amount", "base_amount", "fx_rate", "quantity", "unit_price", "total_amount"}
WHOLE = {"deal_count"}
DATES = {"date", "at", "last_deal_at", "last_contact_at", "next_contact_at", "created_at", "suggested_next_at"}
TRUTHS = {"tier_locked", "do_not_contact", "processing_restricted"}
KEYS = {"customers": "customer_id", "transactions": "transaction_id", "interactions": "interaction_id"}

ENGLISH = Speech("en", str)


def series(name: str, values: Sequence[Any]) -> pd.Series[Any]:
    if name in NUMBERS:
        return pd.Series(values, dtype="float64")
    if name in WHOLE:
        return pd.Series(values, dtype="Int64")
    if name in DATES:
        return pd.to_datetime(pd.Series(values, dtype="object"), format="mixed").astype("datetime64[us]")
    if name in TRUTHS:
        return pd.Series(values, dtype="boolean")
    return pd.Series(values, dtype="str")


def table(name: str, rows: Sequence[Mapping[str, Any]], fields: Sequence[str] = (), header_row: int = 1) -> Table:
    """A table whose cells are what the rows say; `fields` adds columns that no row fills."""
    names = list(dict.fromkeys([*(each for row in rows for each in row), *fields]))
    index = range(header_row + 1, header_row + 1 + len(rows))
    values = pd.DataFrame({each: series(each, [row.get(each) for row in rows]) for each in names})
    values.index = pd.Index(index, dtype="int64")
    letters = [column_letters(at + 1) for at in range(len(names))]
    cells = pd.DataFrame([[row.get(each) for each in names] for row in rows], index=values.index, columns=letters)
    cells = cells.astype("object").where(cells.notna(), None)
    return Table(
        name,
        name.title(),
        header_row,
        cells,
        dict(zip(names, letters, strict=True)),
        dict(zip(letters, names, strict=True)),
        KEYS.get(name, "id"),
        values,
    )


def _field(name: str, zh: str, kind: str = "text", **more: Any) -> Field:
    return Field(name, {"zh": zh, "en": name.replace("_", " ").capitalize()}, kind, **more)


CUSTOMERS = TableSchema(
    "customers",
    {"zh": "客户", "en": "Customers"},
    "customer_id",
    (
        _field("customer_id", "客户编号", "key"),
        _field("name", "客户名称", "company"),
        _field("owner", "负责人", "person"),
        _field("level", "客户级别"),
        _field("tier", "ABC分级", "choice", derived=True),
        _field("tier_reason", "分级理由", derived=True),
        _field("mobile", "手机", "phone", sensitivity="personal"),
        _field("last_contact_at", "最后跟进时间", "date", derived=True),
        _field("next_contact_at", "下次跟进时间", "date"),
        _field("suggested_next_at", "建议跟进日期", "date", derived=True),
        _field("preferred_channel", "偏好渠道", "choice"),
    ),
)
INTERACTIONS = TableSchema(
    "interactions",
    {"zh": "跟进记录", "en": "Interactions"},
    "interaction_id",
    (_field("channel", "跟进方式", "choice", choices=(Choice("phone", {"zh": "电话", "en": "Phone"}),)),),
)
SCHEMA = Schema("1", {"customers": CUSTOMERS, "interactions": INTERACTIONS})
