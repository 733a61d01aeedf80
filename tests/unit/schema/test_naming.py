"""Fields and tables as people name them."""

from __future__ import annotations

import pytest

from crmsheet.core.errors import FieldUnknown, TableUnknown
from crmsheet.schema.binding import bind
from crmsheet.schema.naming import named_field, named_table
from tests.unit.schema.made import SCHEMA, opened, sheet

HEAD = ["客户ID", "公司名称", "业务员", "手机", "联系电话1", "联系电话2", "展位 号", "等级"]
ROW = ["C1", "甲公司", "王敏", "13800138000", "1", "2", "A1", "VIP"]
TABLE = bind(opened(sheet("客户", [HEAD, ROW])), SCHEMA).book.tables["customers"]


def field(text):
    return named_field(TABLE, SCHEMA.tables["customers"], text)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("客户ID", "customer_id"),
        ("customer_id", "customer_id"),
        ("公司名称", "name"),
        ("客户名称", "name"),
        ("Customer name", "name"),
        ("name", "name"),
        ("业务员", "owner"),
        ("负责人", "owner"),
        ("OWNER", "owner"),
        ("Mobile", "mobile"),
        (" 手机 ", "mobile"),
        ("展位号", "展位 号"),
        ("等级", "level"),
        ("城市", "city"),
        ("next contact", "next_contact_at"),
        ("联系电话2", "phone#2"),
    ],
)
def test_a_field_is_found_by_header_label_alias_and_code(said, name):
    assert field(said) == name


@pytest.mark.parametrize(("said", "near"), [("手基", "手机"), ("custmer_id", "customer_id"), ("emial", "email")])
def test_an_unknown_field_names_the_nearest_and_the_columns(said, near):
    with pytest.raises(FieldUnknown) as caught:
        field(said)
    assert near in str(caught.value)
    assert "展位 号" in str(caught.value)


@pytest.mark.parametrize("said", ["", "xyz", "邮箱3", "="])
def test_what_names_no_field_is_refused(said):
    with pytest.raises(FieldUnknown):
        field(said)


@pytest.mark.parametrize(
    ("said", "name"),
    [("联系人", "contacts"), ("Contacts", "contacts"), ("transactions", "transactions"), ("跟进", "interactions")],
)
def test_a_table_is_found_by_label_alias_and_code(said, name):
    assert named_table(SCHEMA, said) == name


@pytest.mark.parametrize("said", ["", "nothing"])
def test_an_unknown_table_names_those_that_are_known(said):
    with pytest.raises(TableUnknown, match="Customers"):
        named_table(SCHEMA, said)
