"""Which values survive a merge, rule by rule, with the shipped schema and cells as people write them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from crmsheet.app.opening import Loaded, load_opened
from crmsheet.book.opening import open_files
from crmsheet.core.cells import CellError, Formula
from crmsheet.core.context import Settings
from crmsheet.match.decisions import BOTH, SAME, Decision
from crmsheet.match.merging import Merge, golden_changes, goldens
from tests.small_books import request_of, schema_read_once, workbook

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "survivorship.yml").read_text("utf-8"))
BOOK = Path("/nowhere/客户.xlsx")


@pytest.fixture(scope="module", autouse=True)
def _read_once():
    with schema_read_once():
        yield


def loaded(rows: list[dict[str, Any]], lang: str = "zh") -> Loaded:
    """A book of rows, each with a key and a name."""
    key, name = ("客户编号", "客户名称") if lang == "zh" else ("Customer ID", "Customer name")
    rows = [{key: f"K{at}", name: "北京华信科技有限公司", **row} for at, row in enumerate(rows, 1)]
    header = list(dict.fromkeys(field for row in rows for field in row))
    sheets = {"客户" if lang == "zh" else "Customers": [header, *([row.get(each) for each in header] for row in rows)]}
    return load_opened(request_of(BOOK), open_files(BOOK, {"": workbook(sheets)}), Settings(currency="CNY"))


def changed(book: Loaded, losers: int, *, trusted: tuple[str, ...] = (), chosen: dict[str, str] | None = None) -> Any:
    """Header -> new cell of the first row, into which the next rows are merged; and what is said of each."""
    table, schema = book.book.tables["customers"], book.schema.tables["customers"]
    keys = {row: str(key) for row, key in table.keys().items()}
    kept, *others = list(keys)[: losers + 1]
    context = dataclasses.replace(book.context, settings=Settings(trusted_sources=trusted))
    who = {"kept": keys[kept], "lost": keys[others[0]], "both": BOTH}
    fields = {text: name for name, at in table.columns.items() for text in [table.headers[at]]}
    said = {fields[label]: who[word] for label, word in (chosen or {}).items()}
    decisions = [Decision(keys[kept], keys[others[0]], SAME, fields=said)]
    plan = Merge(kept, tuple(others), {row: keys[row] for row in (kept, *others)})
    (golden,) = goldens(table, schema, [plan], context, decisions)
    changes = list(golden_changes(golden))
    labels = {name: label for label, name in fields.items()}
    return {labels[each.field]: each.after for each in changes}, changes


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_cases(case: dict[str, Any]) -> None:
    book = loaded([case["kept"], *case["lost"], *case.get("others", ())], case.get("lang", "zh"))
    found, changes = changed(book, len(case["lost"]), trusted=tuple(case.get("trusted", ())), chosen=case.get("chosen"))
    extra = {"创建时间", "更新时间"} - set(case["gives"])
    assert {label: cell for label, cell in found.items() if label not in extra} == case["gives"]
    assert all(each.arguments["loser"] and each.arguments["how"] for each in changes)


def test_which_records_a_cell_comes_from_is_told() -> None:
    rows = [{"手机": "13911112222", "备注": None}, {"手机": "13822223333", "备注": "甲"}, {"手机": "13733334444"}]
    _, changes = changed(loaded(rows), 2)
    assert {each.field: each.arguments["loser"] for each in changes} == {"mobile": "K2, K3", "notes": "K2"}


@pytest.mark.parametrize("cell", [Formula("1+1", 2), CellError("#N/A")])
def test_formulas_and_errors_stay(cell: object) -> None:
    book = loaded([{"累计成交金额": 5, "地址": "甲路1号"}, {"累计成交金额": 7, "地址": "甲路1号2室"}])
    table = book.book.tables["customers"]
    for name in ("total_amount", "address"):
        table.cells[table.columns[name]] = table.cells[table.columns[name]].astype("object")
        table.cells.at[2, table.columns[name]] = cell
    assert changed(book, 1)[0] == {}


def test_sensitive_values_are_never_copied_into_the_notes() -> None:
    book = loaded([{"身份证号": "11010519491231002X", "备注": "甲"}, {"身份证号": "440524188001010014"}])
    schema = book.schema.tables["customers"]
    fields = tuple(
        dataclasses.replace(each, survivorship="extra") if each.name == "id_number" else each for each in schema.fields
    )
    tables = {**book.schema.tables, "customers": dataclasses.replace(schema, fields=fields)}
    book = dataclasses.replace(book, schema=dataclasses.replace(book.schema, tables=tables))
    assert changed(book, 1)[0] == {}
