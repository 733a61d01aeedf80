"""A mask leaks nothing, and leaves what everybody may see."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.access import mask, mask_cell
from crmsheet.access.masking import HIDDEN, mask_value
from crmsheet.core.changes import Change, Changes
from crmsheet.core.findings import Finding, Findings, Fix, Severity
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.schema import Field, Schema, TableSchema


def field(name, kind, sensitivity):
    return Field(name, {"zh": name, "en": name}, kind, sensitivity=sensitivity)


MOBILE = field("mobile", "phone", "personal")
CUSTOMERS = TableSchema(
    "customers",
    {"zh": "客户", "en": "Customers"},
    "customer_id",
    (
        field("customer_id", "key", ""),
        field("name", "company", ""),
        MOBILE,
        field("contact_name", "person", "personal"),
        field("email", "email", "personal"),
        field("birthday", "date", "personal"),
        field("id_number", "id_card", "sensitive"),
        field("credit_limit", "money", "confidential"),
    ),
)
SCHEMA = Schema("1", {"customers": CUSTOMERS})


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("mobile", "13800138000", "138****8000"),
        ("mobile", 13800138000.0, "138****8000"),
        ("mobile", "13800138000/010-62345678转801", "138****8000/010****5678"),
        ("mobile", "12345", "****45"),
        ("mobile", "wx_zhang", HIDDEN),
        ("email", "zhang.wei@example.com", "z***@example.com"),
        ("email", "zhang.wei.example.com", "z***"),
        ("email", "Zhang Wei <zw@a.example>; b@c.example", "z***@a.example;b***@c.example"),
        ("contact_name", "张三丰", "张**"),
        ("birthday", dt.date(1990, 3, 4), "1990-**-**"),
        ("id_number", "110101199003074514", HIDDEN),
        ("credit_limit", 50000, HIDDEN),
        ("name", "华信科技", "华信科技"),
        ("mobile", None, None),
    ],
)
def test_values(name, value, shown):
    assert mask_value(value, CUSTOMERS[name]) == shown


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_phone_leaks_its_middle(phone):
    finding = Finding(
        "CRM210", Severity.info, "customers", "客户", "C1", 2, "D", "mobile", phone, "{value} {after} {near}",
        {"near": phone}, Fix(phone),
    )  # fmt: skip
    change = Change(
        "set", "customers", "C1", 2, "D", "mobile", phone, f"+86{phone}", "CRM210", "{seen}", {"seen": phone}
    )
    section = Section("t", ("a", "b"), (("C1", phone),), fields=("customers.customer_id", "customers.mobile"))
    masked = mask(Outcome("check", "b", Findings.of([finding]), Changes.of([change]), (section,)), SCHEMA)
    shown = repr(list(masked.findings)) + repr(list(masked.changes)) + repr(masked.sections)
    assert phone not in shown
    assert phone[2:8] not in shown


def test_retired_rows_and_privacy_findings_are_masked():
    change = Change("retire", "customers", "C1", 2, before={"mobile": "13800138000"}, after={"record_status": "merged"})
    finding = Finding("CRM602", Severity.error, "customers", "客户", "C1", 2, "Z", "notes", "6222021234567890123")
    masked = mask(Outcome("check", "b", Findings.of([finding]), Changes.of([change])), SCHEMA)
    assert next(iter(masked.changes)).before == {"mobile": "138****8000"}
    assert next(iter(masked.findings)).value == HIDDEN


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+8613800138000", "138****8000"),
        ("008613800138000", "138****8000"),
        ("１３８－００１３－８０００", "138****8000"),
        ("０２１－６２３４５６７８", "021****5678"),
        ("62345678", "****5678"),
        ("+861062345678", "010****5678"),
        ("+442079460958", "442****0958"),
    ],
)
def test_every_spelling_of_a_number_is_masked_alike(value, shown):
    assert mask_value(value, MOBILE) == shown


def test_a_number_in_a_reason_is_masked_whatever_its_name():
    change = Change(
        "set", "customers", "C1", 2, "D", "credit_limit", "97.6万", 976000.0, "CRM240", "{value} is the number {n}",
        {"value": "97.6万", "after": 976000.0, "n": 976000.0, "row": 2},
    )  # fmt: skip
    (masked,) = mask(Outcome("check", "b", changes=Changes.of([change])), SCHEMA).changes
    assert masked.arguments == {"value": HIDDEN, "after": HIDDEN, "n": HIDDEN, "row": 2}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请打 13712349999 找小王", "请打 137****9999 找小王"),
        ("+86 137-1234-9999或010-62345678", "137****9999或010****5678"),
        ("call +44 20 7946 0958 or ann.lee@a.example", "call 442****0958 or a***@a.example"),
        ("电话13712349999，卡号6222021234567894671", f"电话137****9999，卡号{HIDDEN}"),
        ("身份证 11010119900307451X", f"身份证 {HIDDEN}"),
        ("发票 24312000000012345678，订单 20261123001，2026-11-23，共 1,234,567.80 元", None),
        ("B56", None),
    ],
)
def test_free_words_are_masked_where_they_hold_numbers_of_people(text: str, shown: str | None):
    assert mask_cell(text, field("notes", "text", "")) == (shown or text)
    assert mask_cell(text, field("name", "company", "")) == text


def test_a_cell_of_a_private_field_is_masked_by_its_field():
    assert mask_cell("13800138000", MOBILE) == "138****8000"
    assert mask_cell(3, field("notes", "text", "")) == 3
