"""The layouts that docs/doctor.md shows, each with what `crmsheet doctor` said of it; none of it is written by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from crmsheet.app.doctor import doctor
from crmsheet.app.request import Request
from crmsheet.core.cells import CellError, Formula, column_letters
from crmsheet.core.messages import Speech, cell_words
from crmsheet.core.outcome import Outcome, Section
from crmsheet.resources import speech
from crmsheet.sample.messy import Messy, write_messy
from crmsheet.sample.messy_layouts import messy_sheets

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
ROWS, COLUMNS, LETTERS = 7, 7, 14
"""So much of a sheet is shown: enough for its header and the first records."""
_CHINESE: Mapping[str, str] = {
    "title above": "表头上方有标题",
    "notice that names the labels": "注意事项里写着各列名称",
    "blank rows above": "表头上方有空行",
    "instructions line by line": "表头上方逐行写着说明",
    "two row header": "两行表头",
    "two row header without merged cells": "两行表头，没有合并单元格",
    "three row header": "三行表头",
    "everything at once": "各种情况都有",
    "company merged down": "公司名称向下合并",
    "several columns merged down": "多列向下合并",
    "header variants": "表头的各种写法",
    "header on every page": "每页重复表头",
    "pages with subtotals": "每页有小计",
    "example row": "模板里的示例行",
    "unit row": "单位行",
    "total at the end": "末尾有合计",
    "subtotals by group": "按组小计",
    "notes and signature below": "下方有备注和签名",
    "blank rows between": "中间有空行",
    "not in the corner": "不从左上角开始",
    "two tables stacked": "上下两张表",
    "two tables without titles": "上下两张表，没有标题",
    "two tables beside each other": "左右两张表",
    "two beside and one below": "左右两张、下方一张",
    "the same header twice": "同名表头两列",
    "columns without header": "有的列没有表头",
    "numbered headers": "带编号的表头",
    "inflated range": "使用范围被撑大",
    "hidden rows": "隐藏的行",
    "csv of unequal rows": "各行长短不一的 CSV",
    "csv with title and total": "带标题和合计的 CSV",
    "report of another program": "别的程序导出的报表",
    "remark beside": "旁边有备注",
    "numbered rows and merged total": "带序号，合计为合并单元格",
    "formulas and errors": "公式和错误值",
    "two languages in a header": "中英文表头",
    "years under a group": "分组下面是年份",
    "one column": "只有一列",
    "month by month": "按月分段",
    "remarks far below": "备注在很下面",
    "template rows below the header": "表头下方有模板行",
    "spacer columns": "有空白的间隔列",
    "no header": "没有表头",
    "transposed": "行列颠倒",
    "two headers": "两行都像表头",
    "more rows below the total": "合计下面还有行",
    "company only once": "公司名称只写一次",
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "en": ("row", "Read as", "Asked", "records"),
    "zh": ("行", "读作", "提问", "条记录"),
}


def layouts(folder: Path) -> list[tuple[Messy, Outcome]]:
    """Each layout with the outcome of doctor on it."""
    found = []
    for number, messy in enumerate(messy_sheets(1)):
        beside = folder / str(number)
        beside.mkdir()
        path = write_messy(messy, beside)
        found.append((messy, doctor(Request(NOW, NOW.date(), path), full=True)))
    return found


def page(shown: Sequence[tuple[Messy, Outcome]], lang: str) -> str:
    """The part of the page that shows them."""
    say = speech(lang)
    return "\n\n".join(block for messy, outcome in shown for block in _shown(messy, outcome, say))


def _shown(messy: Messy, outcome: Outcome, say: Speech) -> Iterator[str]:
    row, read, asked, of_records = _WORDS[say.lang]
    sections: Mapping[str, Section] = {each.name: each for each in outcome.sections}
    yield f"### {(_CHINESE[messy.title] if say.lang == 'zh' else messy.title.capitalize())}"
    yield _grid(messy, row)
    lines = []
    for _, name, header, records, beside, sure in sections["sheets"].rows:
        if name is not None and (header is not None or "questions" in sections):
            count = None if records is None else f"{records} {of_records}"
            facts = [say.say(each) for each in (name, header, count, beside, sure) if each is not None]
            lines.append(f"**{read}** {' · '.join(facts)}")
    yield "<br>\n".join(lines)
    for each in sections["questions"].rows if "questions" in sections else ():
        yield f"**{asked}** {say.say(each[1])}"


def _grid(messy: Messy, row: str) -> str:
    """The first rows of a sheet as a table, with row numbers and letters."""
    numbers = sorted({number for number, _ in messy.cells})[:ROWS]
    columns = sorted({column for _, column in messy.cells})[:COLUMNS]
    lines = ["| | " + " | ".join(map(column_letters, columns)) + " |", "|---|" + "---|" * len(columns)]
    for number in numbers:
        cells = [_cell(messy.cells.get((number, column))) for column in columns]
        lines.append(f"| {row} {number} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    """A cell in few letters; what could be markup is escaped."""
    if isinstance(value, Formula):
        value = value.cached
    text = value.code if isinstance(value, CellError) else cell_words(value)
    text = " ".join(text.split())
    short = text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
    return "".join(f"\\{each}" if each in "|*_`<>[]#~\\" else each for each in short)
