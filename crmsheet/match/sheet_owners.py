"""Whose records a sheet holds, in a book with a sheet for each salesperson: by its owner column, or by its name."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection
from dataclasses import dataclass

from crmsheet.core.book import PART_ROWS, Part, Table
from crmsheet.core.findings import Finding, Findings
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_
from crmsheet.core.schema import Schema
from crmsheet.match.words import words
from crmsheet.schema import cards

_FIELD = "owner"
_OF = re.compile(r"的?(?:客户|客户表|客户名单|名单)$")
_COMMONEST = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余"
"""Family names that most people have: 石油, 包装 and 金属 begin with one too, but with rare ones."""
_HAN = "\u4e00-\u9fff"
_TOLD = N_("{label} is told by the names of the sheets: {value}; nothing is written for it")


@dataclass(frozen=True, slots=True)
class Owned:
    """A table whose parts know their owners, and what there is to say about it."""

    table: Table
    findings: Findings


def with_owners(table: Table, schema: Schema, staff: Collection[str]) -> Owned:
    """A table of several sheets with the owner of each where that is certain.

    Without a column for the owner, the name of the sheet counts, if all sheets are named like people: as the staff are,
    or by a Chinese family name, mostly a common one, and a given name of one or two characters; and as nothing else.
    """
    if _FIELD not in schema.tables[table.name]:
        return Owned(table, Findings())
    if _FIELD in table.columns:
        return Owned(_by_column(table), Findings())
    people = [_person(part.sheet, staff, schema) for part in table.parts]
    sure = sum(name in staff or name[:1] in _COMMONEST for name in people if name)
    if not all(people) or 2 * sure < len(people):
        return Owned(table, Findings())
    parts = tuple(dataclasses.replace(part, owner=name) for part, name in zip(table.parts, people, strict=True))
    told = Finding(
        rule=cards.SECOND_SHEET.code,
        severity=cards.SECOND_SHEET.severity,
        table=table.name,
        sheet=table.sheet,
        field=_FIELD,
        value="、".join(dict.fromkeys(people)),
        message=_TOLD,
        arguments={"label": schema.tables[table.name][_FIELD].labels},
    )
    return Owned(dataclasses.replace(table, parts=parts, told_by_sheet=_FIELD), Findings.of([told]))


def _by_column(table: Table) -> Table:
    """The parts with the one owner that their rows name; of those that name several or none, the owner so called."""
    names: list[set[str]] = [set() for _ in table.parts]
    for row, name in zip(table.cells.index.tolist(), table.texts(_FIELD), strict=True):
        if name:
            names[row // PART_ROWS].add(name)
    everybody = {fold(name): name for each in names for name in each}

    def owned(part: Part, mine: set[str]) -> Part:
        owner = next(iter(mine)) if len(mine) == 1 else everybody.get(fold(_named(part.sheet)), "")
        return dataclasses.replace(part, owner=owner)

    return dataclasses.replace(table, parts=tuple(map(owned, table.parts, names)))


def _named(sheet: str) -> str:
    """What a sheet is named after: 张三 for 张三的客户."""
    return _OF.sub("", sheet.strip()) or sheet.strip()


def _person(sheet: str, staff: Collection[str], schema: Schema) -> str:
    """The person that a sheet is named after, '' where it need not be one."""
    name = _named(sheet)
    if name in staff:
        return name
    known = words()
    plain = re.fullmatch(rf"{known.surname}[{_HAN}]{{1,2}}", name)
    return name if plain and not re.match(known.region, name) and fold(name) not in _vocabulary(schema) else ""


def _vocabulary(schema: Schema) -> frozenset[str]:
    """The folded words that mean something in a book: names of tables and choices; 高意向 is nobody."""
    tables = schema.tables.values()
    said = [word for table in tables for word in (*table.labels.values(), *table.aliases)]
    choices = [choice for table in tables for field in table.fields for choice in field.choices]
    said += [word for choice in choices for word in (*choice.labels.values(), *choice.aliases)]
    return frozenset(map(fold, said))
