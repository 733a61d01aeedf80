"""LibreOffice opens a new book of every template, works its dashboard out without an error, and keeps what it has."""

from __future__ import annotations

import contextlib
import io
import subprocess
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from crmsheet.cli.main import run
from crmsheet.template.places import FIRST_ROW
from tests.unit.template.filled import TODAY, book_with, records
from tests.unit.template.made import SOME_BOOKS, blueprint, content, kept, opened, places, shelved

pytestmark = [
    pytest.mark.e2e("soffice"),
    pytest.mark.xdist_group("libreoffice-templates"),  # the books are made and opened once, not once a worker
    pytest.mark.filterwarnings(
        "ignore:.* extension is not supported:UserWarning"
    ),  # what LibreOffice adds for bars in cells
]
PREPARED, CUSTOMERS = 5, 36
FILLED = (("minimal", "zh"), ("sales", "en"), ("full", "zh"))
"""Books with more records than prepared rows."""


def name_of(book: tuple[str, str]) -> str:
    return "-".join(book)


def values(path: Path) -> Workbook:
    """What the cells of a file show."""
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The books as LibreOffice saves them, in one start of the program; one was written into by a night run."""
    folder = tmp_path_factory.mktemp("templates")
    files = []
    for book in SOME_BOOKS:
        files.append(folder / f"{name_of(book)}.xlsx")
        files[-1].write_bytes(kept(*book))
    for book in FILLED:
        files.append(folder / f"filled-{name_of(book)}.xlsx")
        rows = records(blueprint(book[0]), book[1], CUSTOMERS)
        book_with(files[-1], content(*book, rows=PREPARED), places(*book), rows)
    files.append(folder / "night.xlsx")
    night(files[-1])
    command = ["soffice", f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", str(folder / "out"), *map(str, files)], check=True, capture_output=True, timeout=300
    )
    return folder / "out"


def night(path: Path) -> None:
    """A minimal book whose grades are written by crmsheet: its dashboard was worked out before that."""
    rows = records(blueprint("minimal"), "zh", CUSTOMERS)
    for each in rows["customers"]:
        del each["tier"]
    book_with(path, content("minimal", "zh"), places("minimal", "zh"), {"customers": rows["customers"]})
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert run(["nightly", str(path), "--write", "--today", TODAY.isoformat()]) == 0


@pytest.mark.parametrize("book", SOME_BOOKS, ids=name_of)
def test_an_empty_book_shows_no_error_and_what_was_stored(office, book):
    path = office / f"{name_of(book)}.xlsx"
    theirs = values(path)
    for sheet in theirs.worksheets:
        errors = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "e"]
        assert not errors, sheet.title
    board = theirs.worksheets[1]
    formulas = {
        cell.coordinate for row in shelved(*book).worksheets[1].iter_rows() for cell in row if cell.data_type == "f"
    }
    shown = {at: board[at].value for at in formulas}
    assert len(shown) > 20
    odd = {at: value for at, value in shown.items() if value not in (0, "", None) and not hasattr(value, "year")}
    assert not odd, "an empty book has only zeros, blanks and days"


@pytest.mark.parametrize("book", SOME_BOOKS, ids=name_of)
def test_drop_downs_messages_tables_and_charts_survive(office, book):
    """Frozen panes belong to a window, and LibreOffice opens none here: tests/unit/template looks at them."""
    ours, theirs = shelved(*book), opened((office / f"{name_of(book)}.xlsx").read_bytes())
    assert theirs.sheetnames == ours.sheetnames
    assert len(theirs.worksheets[1]._charts) == len(ours.worksheets[1]._charts) >= 4
    assert set(ours.defined_names) <= set(theirs.defined_names)
    for table in blueprint(book[0]).sheets:
        left, right = (each[places(*book).sheet(table)] for each in (ours, theirs))
        assert [each.ref for each in right.tables.values()] == [each.ref for each in left.tables.values()]
        for kind in (lists, messages):
            assert kind(right) == kind(left), (table, kind.__name__)


def lists(sheet) -> Counter[str]:
    found = sheet.data_validations.dataValidation
    return Counter(each.formula1.lstrip("=") for each in found if each.type == "list")


def messages(sheet) -> dict[str, str]:
    found = sheet.data_validations.dataValidation
    return {place.split(":")[0]: each.prompt for each in found for place in str(each.sqref).split()}


def cards(board) -> list[object]:
    """What the cards of a dashboard show, from left to right."""
    return [board[f"{letters}6"].value for letters in ("B", "D", "F", "I", "K", "M")]


def figures(board, charts, field: str, lang: str) -> dict[str, object]:
    """The table behind the chart along a field: label -> number."""
    heading = next(each.labels[lang] for each in charts if each.field == field)
    places = [(row, at) for row in range(1, board.max_row + 1) for at in (2, 9) if board.cell(row, at).value == heading]
    row, at = places[0]
    found = {}
    while (label := board.cell(row := row + 1, at).value) is not None:
        if board.cell(row, at + 5).value not in (None, ""):
            found[label] = board.cell(row, at + 5).value
    return found


def counted(rows, field: str) -> dict[str, int]:
    return dict(Counter(each[field] for each in rows["customers"]))


@pytest.mark.parametrize("book", FILLED, ids=name_of)
def test_the_dashboard_counts_records_below_the_prepared_rows_too(office, book):
    theirs = values(office / f"filled-{name_of(book)}.xlsx")
    rows = records(blueprint(book[0]), book[1], CUSTOMERS)
    assert CUSTOMERS > PREPARED
    board = theirs.worksheets[1]
    assert cards(board)[0] == CUSTOMERS
    stages = figures(board, blueprint(book[0]).charts, "customers.stage", book[1])
    assert {name: count for name, count in stages.items() if count} == counted(rows, "stage")
    assert figures(board, blueprint(book[0]).charts, "customers.tier", book[1]) == counted(rows, "tier")
    late = sum(each["next_contact_at"] < TODAY for each in rows["customers"])
    errors = [cell.coordinate for row in board.iter_rows() for cell in row if cell.data_type == "e"]
    assert not errors
    if book[0] == "minimal":
        assert cards(board)[5] == pytest.approx(sum(each["total_amount"] for each in rows["customers"]))
        sources = figures(board, blueprint("minimal").charts, "customers.source", "zh")
        assert {name: count for name, count in sources.items() if count} == counted(rows, "source")
        assert cards(board)[4] == late


def test_what_crmsheet_wrote_is_counted_when_libreoffice_opens_the_book(office):
    theirs = values(office / "night.xlsx")
    grades = Counter(row[0].value for row in theirs["客户"].iter_rows(min_row=FIRST_ROW, min_col=18, max_col=18))
    board = theirs.worksheets[1]
    shown = figures(board, blueprint("minimal").charts, "customers.tier", "zh")
    assert sum(grades[each] for each in "ABC") == CUSTOMERS
    assert shown == {each: grades[each] for each in "ABC"}
