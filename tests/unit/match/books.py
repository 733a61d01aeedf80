"""Small customer tables for the tests of matching."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from crmsheet.core.book import Table
from crmsheet.core.cells import column_letters
from crmsheet.core.context import Context
from crmsheet.core.schema import Choice, Field, Schema, TableSchema
from crmsheet.engine import LocalEngine, relations
from crmsheet.match.decisions import Decision
from crmsheet.match.duplicates import Matches, find_duplicates

CONTEXT = Context(today=dt.date(2024, 6, 1))
DATES = ("birthday", "created_at", "updated_at")
MONEY = ("total_amount", "deal_count")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉梅鑫波宇浩凯健俊帆"
BRANDS = "信达通联创恒瑞丰盛鼎泰安康宏远博雅天宇星辰金源银河东方正阳明德润和顺昌"
TRADES = ("科技", "贸易", "电子", "机械", "建材", "食品", "物流", "化工")
CITIES = ("北京", "上海", "广州", "深圳", "杭州", "南京", "成都", "武汉")


def schema() -> Schema:
    merged = Choice("merged", {"zh": "已合并", "en": "Merged"})
    status = Field("record_status", {"zh": "记录状态", "en": "Record status"}, "choice", choices=(merged,))
    fields = (
        Field("customer_id", {"zh": "客户编号", "en": "Customer ID"}, "key"),
        Field("name", {"zh": "客户名称", "en": "Name"}, survivorship="longest"),
        Field("kind", {"zh": "客户类型", "en": "Kind"}, "choice", survivorship="first"),
        Field("parent_id", {"zh": "上级客户", "en": "Parent"}, "reference", references="customers"),
        Field("mobile", {"zh": "手机", "en": "Mobile"}, "phone", survivorship="union"),
        Field("email", {"zh": "邮箱", "en": "E-mail"}, "email", survivorship="union"),
        Field("address", {"zh": "地址", "en": "Address"}),
        Field("total_amount", {"zh": "累计成交金额", "en": "Total"}, "money", survivorship="sum"),
        Field("deal_count", {"zh": "成交次数", "en": "Deals"}, "integer", survivorship="max"),
        Field("do_not_contact", {"zh": "拒绝联系", "en": "Do not contact"}, "bool", survivorship="strictest"),
        Field("created_at", {"zh": "创建时间", "en": "Created"}, "date", survivorship="min"),
        Field("updated_at", {"zh": "更新时间", "en": "Updated"}, "date", derived=True),
        status,
        Field("merged_into", {"zh": "合并至", "en": "Merged into"}, "reference", references="customers"),
    )
    child = (
        Field("transaction_id", {"zh": "交易编号"}, "key"),
        Field("customer_id", {"zh": "客户编号"}, "reference", references="customers"),
    )
    tables = {
        "customers": TableSchema("customers", {"zh": "客户", "en": "Customers"}, "customer_id", fields),
        "transactions": TableSchema("transactions", {"zh": "交易记录"}, "transaction_id", child),
    }
    return Schema("1", tables)


def table(
    rows: Sequence[Mapping[str, Any]],
    *,
    name: str = "customers",
    key: str = "customer_id",
    cells: Mapping[tuple[int, str], Any] | None = None,
    lang: str = "zh",
    index: Sequence[int] | None = None,
) -> Table:
    """A table of rows as typed values; cells say the same unless `cells` names (sheet row, field)."""
    fields = list(dict.fromkeys([key, *(field for row in rows for field in row)]))
    at = list(index or range(2, len(rows) + 2))
    found = {field: _typed(field, [row.get(field) for row in rows], at) for field in fields}
    letters = {field: column_letters(place + 1) for place, field in enumerate(fields)}
    raw = pd.DataFrame(
        {letters[field]: pd.Series([row.get(field) for row in rows], at, dtype="object") for field in fields}
    )
    for (row, field), cell in (cells or {}).items():
        raw.at[row, letters[field]] = cell
    headers = {letter: field for field, letter in letters.items()}
    return Table(name, name, 1, raw, letters, headers, key, pd.DataFrame(found), lang)


def _typed(field: str, values: list[Any], at: list[int]) -> pd.Series[Any]:
    if field in DATES:
        return pd.Series(pd.to_datetime(values).astype("datetime64[us]"), at)
    if field in MONEY:
        return pd.Series(values, at, dtype="float64")
    return pd.Series(values, at, dtype="boolean" if field == "do_not_contact" else "str")


def found_in(customers: Table, decisions: Iterable[Decision] = ()) -> Matches:
    with LocalEngine(threads=1) as engine:
        relations(engine, {customers.name: customers})
        return find_duplicates(engine, customers, schema(), CONTEXT, decisions)


def strangers(count: int, seed: int, *, hard: bool = True) -> list[dict[str, Any]]:
    """Different customers: companies and people; hard ones are families on one line and branches of one company."""
    dice = random.Random(seed)
    out: list[dict[str, Any]] = []
    brands: set[str] = set()
    while len(out) < count:
        if dice.random() < 0.6:
            out += _company(dice, brands, hard=hard)
        else:
            out += _family(dice, hard=hard)
    return [{"customer_id": f"K{place:06}", **row} for place, row in enumerate(out[:count], 1)]


def mobile(dice: random.Random) -> str:
    return f"+861{dice.choice('35789')}{dice.randrange(10**9):09}"


def _company(dice: random.Random, brands: set[str], *, hard: bool) -> list[dict[str, Any]]:
    city = dice.choice(CITIES)
    brand = "".join(dice.choice(BRANDS) for _ in range(dice.choice((2, 3, 4))))
    if brand in brands:
        return []
    brands.add(brand)
    name = f"{city}{brand}{dice.choice(TRADES)}有限公司"
    head = {
        "name": name,
        "kind": "company",
        "contact_name": dice.choice(SURNAMES) + dice.choice(GIVEN) + dice.choice(GIVEN),
        "mobile": mobile(dice),
        "phone": f"+8621{dice.randrange(6) + 50000000}" if dice.random() < 0.2 else None,  # one business centre
        "email": f"sales@{brand.encode().hex()[:10]}{dice.randrange(99)}.cn",
        "city": city,
        "address": f"{dice.choice(BRANDS)}{dice.choice(BRANDS)}路{dice.randint(1, 900)}号",
    }
    if not hard or dice.random() > 0.1:
        return [head]
    other = dice.choice([each for each in CITIES if each != city])
    branch = {"name": f"{name}{other}分公司", "city": other, "mobile": mobile(dice), "address": "解放路1号"}
    return [head, {**head, **branch}]


def _family(dice: random.Random, *, hard: bool) -> list[dict[str, Any]]:
    surname = dice.choice(SURNAMES)
    home = {
        "kind": "person",
        "phone": f"+8610{dice.randint(20000000, 89999999)}",
        "city": dice.choice(CITIES),
        "address": f"{dice.choice(BRANDS)}{dice.choice(BRANDS)}路{dice.randint(1, 900)}号{dice.randint(1, 40)}室",
    }
    given = dice.sample(GIVEN, 3 if hard and dice.random() < 0.3 else 1)
    day = dt.date(1950, 1, 1)
    return [
        {**home, "name": surname + each + ("" if dice.random() < 0.4 else dice.choice(GIVEN)), "mobile": mobile(dice),
         "birthday": day + dt.timedelta(dice.randrange(20000)) if dice.random() < 0.5 else None}
        for each in given
    ]  # fmt: skip
