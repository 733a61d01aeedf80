"""Good records for every table of a template, and a new book into which they are patched as crmsheet itself does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random
from typing import Any

from crmsheet.book.opened import SheetEdits
from crmsheet.book.opening import open_book_file
from crmsheet.book.patching import patch
from crmsheet.core.schema import Field
from crmsheet.template.blueprint import Blueprint
from crmsheet.template.places import HEADER_ROW, Places

TODAY = dt.date(2026, 11, 28)
PEOPLE = {
    "zh": ("王敏", "李强", "张丽", "陈杰", "刘洋", "赵静"),
    "en": ("Jane Miller", "Tom Baker", "Anna Scott", "Paul Reed", "Laura King", "Mark Hall"),
}
FIRMS = {
    "zh": "华信科技|远望贸易|宏图建材|金禾食品|天成物流|瑞丰机械|博雅教育|康宁医疗|蓝海电子|新锐设计|恒泰纺织|四方能源",
    "en": "Northwind|Hillside|Riverbank|Oakfield|Bluestone|Fairview|Redwood|Lakeside|Granite|Meadow|Summit|Harbour",
}
TAILS = {"zh": ("有限公司", "股份有限公司", "集团有限公司"), "en": ("Ltd", "Inc", "Group")}
CITIES = {
    "zh": (("北京", "北京"), ("广东", "深圳"), ("浙江", "杭州"), ("江苏", "苏州"), ("四川", "成都")),
    "en": (
        ("California", "San Jose"),
        ("Texas", "Austin"),
        ("Ohio", "Columbus"),
        ("Oregon", "Salem"),
        ("Utah", "Provo"),
    ),
}
PRODUCTS = {
    "zh": ("标准版", "专业版", "旗舰版", "维护服务"),
    "en": ("Standard", "Professional", "Premium", "Maintenance"),
}
SAYINGS = {
    "zh": ("已发报价，等回复", "约了下周演示", "确认了交货时间"),
    "en": ("Quote sent, reply awaited", "Demo next week", "Delivery agreed"),
}
_AHEAD = ("due", "due_date", "expected_close", "end", "next_contact_at", "suggested_next_at", "recycle_at")
_AT_LAST = (
    "resolved_at",
    "first_response_at",
    "handled_at",
    "done_at",
    "responded_at",
    "reviewed_at",
    "last_contact_at",
)
_PERSONS = ("owner", "assignee", "handled_by", "from_owner", "to_owner", "previous_owner")


def records(blueprint: Blueprint, lang: str, count: int, seed: int = 1) -> dict[str, list[dict[str, Any]]]:
    """Rows by table: field -> cell, in the words of the book; derived columns stay empty, but for the grades."""
    rng = Random(seed)
    names = [firm(number, lang) for number in range(count)]
    made: dict[str, list[dict[str, Any]]] = {}
    for table, sheet in blueprint.sheets.items():
        size = {"customers": count, "staff": len(PEOPLE[lang])}.get(
            table, count if table != "transactions" else 2 * count
        )
        made[table] = [
            {
                each: cell
                for each in sheet.fields
                if (cell := _cell(sheet.table[each], table, row, lang, names, rng, blueprint)) is not None
            }
            for row in range(size)
        ]
    return made


def firm(number: int, lang: str) -> str:
    """A name that no other number has."""
    city = CITIES[lang][number % 5][1]
    word, tail = FIRMS[lang].split("|")[number % 12], TAILS[lang][number // 12 % 3]
    return f"{city}{word}{tail}" if lang == "zh" else f"{word} {city} {tail}"


def book_with(path: Path, content: bytes, places: Places, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Writes a new book and patches records into its prepared rows."""
    path.write_bytes(content)
    edits = {
        places.sheet(table): SheetEdits(
            header_row=HEADER_ROW,
            cells={},
            appended=tuple({places.letters(table, field): cell for field, cell in row.items()} for row in found),
            new_columns={},
            hide=frozenset(),
            show=frozenset(),
            last_row=HEADER_ROW,
        )
        for table, found in rows.items()
    }
    patched = patch(open_book_file(path), edits)
    path.write_bytes(patched.files[""])


def _cell(field: Field, table: str, row: int, lang: str, names: list[str], rng: Random, blueprint: Blueprint) -> Any:
    if field.name == "tier":
        return "A" if row % 6 == 0 else "B" if row % 6 < 3 else "C"
    if field.derived and field.name not in {"suggested_next_at", "recycle_at", "last_contact_at"}:
        return None
    if field.name == "customer_name":
        return names[row % len(names)]
    if field.references:
        named = field.required or (field.references != table and row % 3 == 0)
        return f"{field.references[:2].upper()}{row % 5 + 1:04d}" if named else None
    if field.kind == "key":
        return f"{table[:2].upper()}{row + 1:04d}"
    if field.choices and field.kind == "choice":
        return field.choices[min(int(rng.expovariate(0.5)), len(field.choices) - 1)].labels[lang]
    if field.kind == "bool":
        return {"zh": ("否", "是"), "en": ("No", "Yes")}[lang][
            int(field.name in {"active", "is_primary", "is_default"})
        ]
    listed = blueprint.words.suggestions(table, field.name)
    if listed and field.kind != "choices":
        return listed[min(int(rng.expovariate(0.5)), len(listed) - 1)][lang]
    return _plain(field, table, row, lang, rng)


def _plain(field: Field, table: str, row: int, lang: str, rng: Random) -> Any:
    if table == "staff" and field.name == "name":
        return PEOPLE[lang][row]
    if field.name in _PERSONS:
        return PEOPLE[lang][min(int(rng.expovariate(0.6)), 5)]
    if field.name in {"province", "city"}:
        return CITIES[lang][row % 5][field.name == "city"]
    if field.name in {"product", "need"}:
        return PRODUCTS[lang][min(int(rng.expovariate(0.7)), 3)]
    if field.name in {"address", "registered_address"}:
        return f"人民路{row + 1}号" if lang == "zh" else f"{row + 1} Main Street"
    if field.name in {
        "summary",
        "content",
        "next_step",
        "comment",
        "notes",
        "measure",
        "question",
        "answer",
        "title",
        "topic",
    } or (field.name, table) == ("name", "opportunities"):
        return SAYINGS[lang][row % 3]
    if field.name == "name" and table == "campaigns":
        return ("春季促销", "展会邀请", "新品发布")[row % 3] + str(row) if lang == "zh" else f"Campaign {row}"
    return _by_kind(field, table, row, lang, rng)


def _by_kind(field: Field, table: str, row: int, lang: str, rng: Random) -> Any:
    match field.kind:
        case "company":
            return firm(row, lang) if table != "competitors" else firm(row + 40, lang)
        case "person":
            return PEOPLE[lang][row % 6]
        case "phone" if field.name == "mobile":
            return f"138{row:04d}{row * 37 % 9000 + 1000:04d}" if lang == "zh" else f"+1 415-555-{row % 100 + 2600:04d}"
        case "email":
            return f"{table}{row}@example.com"
        case "date" | "datetime":
            return _day(field.name, rng)
        case "money":
            return float(rng.randint(5, 900) * 100)
        case "integer" | "number":
            if field.name == "score":
                return rng.choice((3, 4, 4, 5, 5))
            return {"scale_max": 5, "rating": 4}.get(field.name, rng.randint(1, 40))
        case "percent":
            return rng.randint(1, 9) / 10
    return None


def _day(name: str, rng: Random) -> dt.date | None:
    """What is planned lies ahead, mostly; what ends something lies after all that begins it."""
    if name in {"withdrawn_at", "returned_at"}:
        return None
    first, last = (-40, 4) if name in _AHEAD else (0, 3) if name in _AT_LAST else (4, 330)
    return TODAY - dt.timedelta(days=rng.randint(first, last))
