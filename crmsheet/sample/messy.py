"""A page of a messy workbook, written as people write them, with the truth about it kept along."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, TypeAlias

from crmsheet.core.cells import Formula, column_letters
from crmsheet.sample.chinese import CHINESE
from crmsheet.sample.english import ENGLISH

Place: TypeAlias = tuple[int, int]
"""Row and column number."""

LABELS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = MappingProxyType(
    {
        "customer_id": (("客户编号", "客户代码"), ("Customer ID", "Account Number")),
        "name": (("客户名称", "公司名称", "单位名称"), ("Customer name", "Company Name", "Account Name")),
        "customer_name": (("客户名称", "公司名称"), ("Customer name", "Company Name")),
        "contact_name": (("联系人", "联系人姓名"), ("Contact", "Contact Name")),
        "contact": (("姓名",), ("Name", "Full Name")),
        "contact_title": (("职务", "职位"), ("Job Title", "Position")),
        "mobile": (("手机", "手机号码"), ("Mobile", "Mobile Number")),
        "phone": (("电话", "固定电话"), ("Phone", "Telephone")),
        "email": (("邮箱", "电子邮箱"), ("Email", "E-mail")),
        "level": (("客户级别", "客户等级"), ("Customer level", "Grade")),
        "owner": (("负责人", "业务员"), ("Owner", "Account Manager")),
        "city": (("城市",), ("City",)),
        "address": (("地址", "详细地址"), ("Address",)),
        "total_amount": (("累计成交金额", "累计销售额"), ("Total sales", "Total Revenue")),
        "deal_count": (("成交次数",), ("Number of deals",)),
        "next_contact_at": (("下次跟进时间", "下次联系日期"), ("Next contact", "Next Follow-up")),
        "date": (("日期", "交易日期"), ("Date", "Order Date")),
        "product": (("产品", "产品名称"), ("Product",)),
        "quantity": (("数量",), ("Quantity",)),
        "amount": (("金额",), ("Amount",)),
        "notes": (("备注",), ("Notes",)),
        "serial": (("序号",), ("No.",)),
    }
)
"""What headers say, by what stands below: the words of `schemas/` in Chinese and English; `serial` is no field."""

FIGURES = frozenset({"total_amount", "amount", "quantity", "deal_count"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands in it and what its header says, `groups` above that; `field` what it means, '' for none."""

    what: str
    header: str
    field: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrueBlock:
    """A table as it is meant: `fields` column letters -> field, '' where no field is meant; the rest as in a block."""

    table: str
    header_rows: tuple[int, ...]
    fields: Mapping[str, str]
    rows: tuple[int, ...]
    covered: Mapping[tuple[int, str], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Messy:
    """A messy sheet: `number` of the kind of mess it is after, its cells and the truth about them.

    `aside`  row -> what it is, for the filled rows that belong to no record of any table
    `asks`   the question that only a person can answer, '' where the cells tell everything
    """

    title: str
    number: str
    cells: Mapping[Place, Any]
    merged: tuple[str, ...]
    hidden: frozenset[int]
    blocks: tuple[TrueBlock, ...]
    aside: Mapping[int, str]
    asks: str = ""
    csv: str = ""


@dataclass
class Page:
    """A sheet that is being written, from its next `row` down, from column `left` on."""

    rng: Random
    lang: str = "zh"
    row: int = 1
    left: int = 1
    cells: dict[Place, Any] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    aside: dict[int, str] = field(default_factory=dict)
    blocks: list[TrueBlock] = field(default_factory=list)
    columns: tuple[Column, ...] = ()
    header_rows: tuple[int, ...] = ()
    rows: list[int] = field(default_factory=list)
    covered: dict[Place, Place] = field(default_factory=dict)

    def say(self, chinese: str, english: str) -> str:
        """One of two texts, by the language of the page."""
        return chinese if self.lang == "zh" else english

    def wanted(self, *names: str, groups: tuple[str, ...] = (), variants: bool = True) -> tuple[Column, ...]:
        """Columns by what stands in them; `name=field` where the field is called otherwise, `name=` for none."""
        made = []
        for each in names:
            what, _, renamed = each.partition("=")
            words = LABELS[what][self.lang != "zh"]
            header = self.rng.choice(words) if variants else words[0]
            meant = renamed if "=" in each else "name" if what == "contact" else "" if what == "serial" else what
            made.append(Column(what, header, meant, groups))
        return tuple(made)

    def skip(self, least: int = 1, most: int = 1) -> None:
        """Leaves rows empty."""
        self.row += self.rng.randint(least, most)

    def line(self, kind: str, texts: Mapping[int, Any], *, width: int = 0) -> None:
        """A row beside the records: place from the left -> cell; merged over `width` columns."""
        for at, text in texts.items():
            self.cells[self.row, self.left + at] = text
        if width > 1:
            self._merge(self.row, self.left, self.row, self.left + width - 1)
        self.aside[self.row] = kind
        self.row += 1

    def header(self, columns: Sequence[Column], *, merged: bool = True) -> None:
        """The header: of one row, or of as many as the columns have groups above each other."""
        self.columns = tuple(columns)
        levels = 1 + max(len(each.groups) for each in columns)
        self.header_rows = tuple(range(self.row, self.row + levels))
        self.rows, self.covered = [], {}
        for at, column in enumerate(columns):
            path = (*column.groups, column.header)
            for depth, text in enumerate(path):
                shared = self._shared(at, depth)
                if shared:
                    self.cells[self.row + depth, self.left + at] = text
                if shared > 1 and merged:
                    self._merge(self.row + depth, self.left + at, self.row + depth, self.left + at + shared - 1)
            if merged:
                self._merge(self.row + len(path) - 1, self.left + at, self.row + levels - 1, self.left + at)
        self.row += levels

    def _shared(self, at: int, depth: int) -> int:
        """Over how many columns a group reaches that begins at a column; 0 inside of one, 1 for a header."""
        path = self.columns[at].groups[: depth + 1]
        if len(path) <= depth:
            return 1
        if at and self.columns[at - 1].groups[: depth + 1] == path:
            return 0
        return next(
            (n for n, each in enumerate(self.columns[at:]) if each.groups[: depth + 1] != path), len(self.columns) - at
        )

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self.merged.append(f"{column_letters(left)}{top}:{column_letters(right)}{bottom}")

    def records(self, count: int, *, blanks: float = 0.0, first: Mapping[str, Any] | None = None) -> None:
        """Records; a share of them with an empty row before it."""
        for at in range(count):
            if at and self.rng.random() < blanks:
                self.skip(1, 2)
            self.record(first or {})

    def record(self, given: Mapping[str, Any] | None = None) -> None:
        """One record; `given` replaces what stands in some columns."""
        for at, column in enumerate(self.columns):
            value = (given or {}).get(column.what, ...)
            self.cells[self.row, self.left + at] = self.value(column, at) if value is ... else value
        self.rows.append(self.row)
        self.row += 1

    def cover(self, what: str, rows: Sequence[int]) -> None:
        """Merges the cells of a column over several records: only the first keeps its value."""
        place = self.left + next(at for at, each in enumerate(self.columns) if each.what == what)
        if len(rows) < 2:
            return
        for row in rows[1:]:
            self.cells.pop((row, place), None)
            self.covered[row, place] = rows[0], place
        self._merge(rows[0], place, rows[-1], place)

    def repeat(self) -> None:
        """The lowest row of the header once more."""
        texts = {at: each.header for at, each in enumerate(self.columns)}
        self.line("repeated", texts)

    def total(self, word: str, *, at: int = 0, merged: int = 0) -> None:
        """A row with the sums of the figures; the word in column `at`."""
        texts: dict[int, Any] = {at: word}
        for place, column in enumerate(self.columns):
            if column.what in FIGURES and self.rows:
                letters = column_letters(self.left + place)
                figures = (self.cells.get((row, self.left + place)) for row in self.rows)
                shown = sum(each for each in figures if isinstance(each, int | float))
                formula = Formula(f"SUM({letters}{self.rows[0]}:{letters}{self.rows[-1]})", float(shown))
                texts[place] = formula if self.rng.random() < 0.5 else float(shown)
        self.line("total", texts, width=merged)

    def close(self, table: str = "customers") -> None:
        """Ends the table."""
        fields = {column_letters(self.left + at): each.field for at, each in enumerate(self.columns) if each.header}
        places = {
            (row, column_letters(at)): (top, column_letters(left)) for (row, at), (top, left) in self.covered.items()
        }
        self.blocks.append(TrueBlock(table, self.header_rows, MappingProxyType(fields), tuple(self.rows), places))

    def done(self, number: str, *, asks: str = "", csv: str = "") -> Messy:
        """The page as it is, with its truth."""
        cells = {place: cell for place, cell in self.cells.items() if cell not in (None, "")}
        return Messy(
            "", number, cells, tuple(self.merged), frozenset(self.hidden), tuple(self.blocks), self.aside, asks, csv
        )

    def value(self, column: Column, at: int) -> Any:
        """Something that may stand in a column; a tenth of what is not a name is missing."""
        rng, language = self.rng, CHINESE if self.lang == "zh" else ENGLISH
        place = rng.choice(language.places)
        if column.what == "serial":
            return float(len(self.rows) + 1)
        if column.what not in {"name", "customer_name", "contact", *FIGURES} and at and rng.random() < 0.1:
            return None
        day = dt.date(2026, 1, 1) + dt.timedelta(days=rng.randrange(300))
        makers: Mapping[str, Callable[[], Any]] = {
            "customer_id": lambda: f"C{rng.randrange(10_000):05d}",
            "name": lambda: language.company(rng, place).full,
            "customer_name": lambda: language.company(rng, place).full,
            "contact_name": lambda: language.person(rng).full,
            "contact": lambda: language.person(rng).full,
            "contact_title": lambda: rng.choice(language.choices["contact_title"]),
            "mobile": lambda: language.mobile(rng, place, 0),
            "phone": lambda: language.landline(rng, place, 0),
            "email": lambda: f"{language.person(rng).latin}@mail.example.com",
            "level": lambda: rng.choice(language.choices["level"]),
            "owner": lambda: rng.choice(language.staff)[0],
            "city": lambda: place.city,
            "address": lambda: language.address(rng, place),
            "date": lambda: day,
            "next_contact_at": lambda: day,
            "product": lambda: rng.choice(language.products)[0],
            "notes": lambda: rng.choice(language.templates["notes"]) or None,
        }
        return makers.get(column.what, lambda: float(rng.randrange(1, 90_000)))()


Layout: TypeAlias = Callable[[Page], Messy]
"""Writes a layout on a page."""


def write_messy(messy: Messy, folder: Path) -> Path:
    """Writes a messy sheet as a workbook or, where it is meant to be one, as a CSV file; gives its path."""
    if messy.csv:
        path = folder / "messy.csv"
        path.write_bytes(_csv_text(messy).encode(messy.csv))
        return path
    # openpyxl is slow to import.
    from openpyxl import Workbook

    path = folder / "messy.xlsx"
    book = Workbook()
    sheet = book.create_sheet("Sheet1", 0)
    for (row, column), value in messy.cells.items():
        shown = f"={value.text}" if isinstance(value, Formula) else getattr(value, "code", value)
        sheet.cell(row, column, shown)
    for each in messy.merged:
        sheet.merge_cells(each)
    for row in messy.hidden:
        sheet.row_dimensions[row].hidden = True
    book.save(path)
    return path


def _csv_text(messy: Messy) -> str:
    """The cells as CSV; rows end with their last filled field."""
    rows: dict[int, dict[int, Any]] = {}
    for (row, column), value in messy.cells.items():
        rows.setdefault(row, {})[column] = value.cached if isinstance(value, Formula) else value
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in range(1, max(rows) + 1):
        fields = rows.get(row, {})
        writer.writerow([fields.get(at, "") for at in range(1, max(fields, default=0) + 1)])
    return text.getvalue()
