"""Reading a workbook: calamine reads the values, a probe of the XML tells what it leaves out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from xml.parsers.expat import ExpatError

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from crmsheet.book import limits
from crmsheet.book.package import Package, SheetPart, open_package, sheet_parts, workbook_part
from crmsheet.book.sheet_probe import SMALL_GRID, SPARSE, Probe, probe
from crmsheet.core.book import Sheet
from crmsheet.core.cells import LAST_COLUMN, LAST_ROW, CellError, Formula, column_letters, column_number
from crmsheet.core.errors import BookCorrupt, BookEncrypted
from crmsheet.core.messages import N_, Message

_CARRIED = re.compile(
    r"/(?:media|drawings|embeddings|pivotcache|printersettings|charts|activex)/|\.bin$", re.IGNORECASE
)
_CELL = re.compile(rb"<c r=\"([A-Z]+)([0-9]+)\"")
_ROW = re.compile(rb"(<row\b[^>]*?\sr=\")([0-9]+)\"")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?/>")
_READABLE = frozenset({"worksheet", "chartsheet", "dialogsheet"})


@dataclass(frozen=True, slots=True)
class _Squeezed:
    """A sheet whose empty rows and columns were left out: the true numbers of those that stayed."""

    rows: list[int]
    columns: list[int]


def read_workbook(path: Path, content: bytes) -> tuple[tuple[Sheet, ...], bool]:
    """The sheets of cells of a workbook, hidden ones too, and whether its days count from 1904.

    A sheet without a cell has an empty frame. Rows and columns behind the last value are not there; in a sheet
    whose cells lie far apart, the empty rows and columns between them are not there either.

    Raises:
        BookCorrupt, BookEncrypted, BookFormat: it cannot be read, with the reason.
    """
    package = open_package(path, content)
    workbook = workbook_part(package)
    parts = sheet_parts(package, workbook)
    missing = next((part.name for part in parts if not part.part and part.kind == "worksheet"), None)
    if missing is not None:
        raise BookCorrupt(path=path, detail=Message(N_("its sheet {sheet} is missing"), {"sheet": missing}))
    wanted = [part for part in parts if part.kind == "worksheet"]
    probes: dict[str, Probe] = {}
    squeezed: dict[str, _Squeezed] = {}
    replaced: dict[str, bytes] = {}
    for each in wanted:
        xml = package.read(each.part)
        probes[each.part] = found = _probed(path, each, xml)
        if _far_apart(found):
            replaced[each.part], squeezed[each.part] = _squeeze(xml)
        _refuse_huge(path, each, found, squeezed.get(each.part))
    if any(part.kind not in _READABLE for part in parts):
        replaced[workbook] = _without_macros(package.read(workbook), [part.kind in _READABLE for part in parts])
    _prove(package)
    stored = _repacked(package, replaced) if replaced else content
    reader = _reader(path, stored)
    try:
        sheets = [
            Sheet(
                each.name,
                _frame(_load(path, reader, each.name), probes[each.part], squeezed.get(each.part)),
                locked=probes[each.part].locked,
                hidden=probes[each.part].hidden,
                merged=probes[each.part].merged,
            )
            for each in wanted
        ]
    finally:
        reader.close()
    dates = [each.get("date1904") for _, each in package.elements(workbook, "workbookPr")]
    return tuple(sheets), bool(dates) and dates[0] in ("1", "true")


def _prove(package: Package) -> None:
    """Reads the other parts that the reader will read: their checksum and their true size are proved."""
    for name in package.names:
        if name.endswith(("sharedstrings.xml", "styles.xml")):
            package.read(name)


def _repacked(package: Package, replaced: Mapping[str, bytes]) -> bytes:
    """The package with some parts exchanged; only for the reader."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, entry in package.names.items():
            if not _CARRIED.search(name) and name.endswith((".xml", ".rels")):
                given = next((xml for part, xml in replaced.items() if part.lower() == name), None)
                archive.writestr(entry.filename, package.read(name) if given is None else given)
    return stored.getvalue()


def _without_macros(workbook: bytes, keep: list[bool]) -> bytes:
    """The list of sheets without those that make the reader refuse the whole book: macros, and lost ones."""
    kept = iter(keep)
    return _SHEET.sub(lambda match: match[0] if next(kept, True) else b"", workbook)


def _probed(path: Path, part: SheetPart, xml: bytes) -> Probe:
    try:
        return probe(xml)
    except (ExpatError, ValueError) as error:
        detail = Message(N_("the sheet {sheet} is not well-formed XML"), {"sheet": part.name})
        raise BookCorrupt(path=path, detail=detail) from error


def _far_apart(found: Probe) -> bool:
    """Whether most of a sheet between its first and its last cell is nothing, and would fill the memory."""
    grid = found.rows * found.columns
    return found.ordinary and grid > SMALL_GRID and grid > SPARSE * found.count


def _refuse_huge(path: Path, part: SheetPart, found: Probe, squeezed: _Squeezed | None) -> None:
    if found.rows > LAST_ROW or found.columns > LAST_COLUMN:
        facts = {"sheet": part.name, "row": found.rows, "column": found.columns}
        template = N_("the sheet {sheet} has cells up to row {row:,}, column {column:,}, outside of any sheet")
        raise BookCorrupt(path=path, detail=Message(template, facts))
    grid = len(squeezed.rows) * len(squeezed.columns) if squeezed else found.rows * found.columns
    if grid > limits.MAX_GRID_CELLS:
        facts = {"sheet": part.name, "count": grid, "limit": limits.MAX_GRID_CELLS}
        detail = Message(N_("the sheet {sheet} spans {count:,} cells, more than the {limit:,} that are read"), facts)
        raise BookCorrupt(path=path, detail=detail)


def _squeeze(xml: bytes) -> tuple[bytes, _Squeezed]:
    """The sheet with its rows and columns renumbered without gaps, and their true numbers."""
    places = _CELL.findall(xml)
    rows = sorted({int(row) for _, row in places})
    columns = sorted({column_number(letters.decode()) for letters, _ in places})
    row_of = {str(number).encode(): str(at).encode() for at, number in enumerate(rows, 1)}
    letters_of = {column_letters(each).encode(): column_letters(at).encode() for at, each in enumerate(columns, 1)}
    xml = _CELL.sub(lambda match: b'<c r="%s%s"' % (letters_of[match[1]], row_of[match[2]]), xml)
    # A row without cells keeps no place of its own.
    return _ROW.sub(lambda match: match[1] + row_of.get(match[2], b"1") + b'"', xml), _Squeezed(rows, columns)


def _reader(path: Path, content: bytes) -> CalamineWorkbook:
    with _refused(path, lambda _: Message(N_("its parts do not fit together"))):
        return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _load(path: Path, reader: CalamineWorkbook, name: str) -> CalamineSheet:
    template = N_("the sheet {sheet} is damaged ({reason})")
    with _refused(path, lambda reason: Message(template, {"sheet": name, "reason": reason})):
        return reader.get_sheet_by_name(name)


@contextmanager
def _refused(path: Path, detail: Callable[[str], Message]) -> Iterator[None]:
    """What the reader raises as a refusal; a panic in Rust too, whose class derives from BaseException."""
    try:
        yield
    except PasswordError as error:
        raise BookEncrypted(path=path) from error
    except (CalamineError, OSError, ValueError) as error:
        raise BookCorrupt(path=path, detail=detail(str(error))) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # it cannot be imported
            raise
        raise BookCorrupt(path=path, detail=detail(str(error))) from error


def _frame(sheet: CalamineSheet, found: Probe, squeezed: _Squeezed | None) -> pd.DataFrame:
    """The cells of a sheet as objects: index = row numbers, columns = letters."""
    grid = _grid(sheet)
    grid[grid == ""] = None
    rows = squeezed.rows if squeezed else None
    columns = squeezed.columns if squeezed else None
    grid = _overlaid(grid, found, rows, columns)
    height = _last(grid)
    width = _last(grid[:height].T)
    letters = [column_letters(each) for each in (columns[:width] if columns else range(1, width + 1))]
    index = pd.Index(rows[:height], dtype="int64") if rows else pd.RangeIndex(1, height + 1)
    return pd.DataFrame(grid[:height, :width], index=index, columns=pd.Index(letters, dtype=object), dtype=object)


def _grid(sheet: CalamineSheet) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    """The values of a sheet from A1 to its last cell, taken row by row: no list of lists stands in between."""
    if sheet.start is None or sheet.end is None:
        return np.empty((0, 0), dtype=object)
    (_, left), (bottom, right) = sheet.start, sheet.end
    shape = bottom + 1, right + 1 - left  # rows are given from the first on, columns from the first with a value on
    grid = np.fromiter(chain.from_iterable(sheet.iter_rows()), dtype=object, count=shape[0] * shape[1]).reshape(shape)
    return np.hstack([np.full((shape[0], left), None, dtype=object), grid]) if left else grid


def _overlaid(
    grid: np.ndarray[tuple[int, ...], np.dtype[np.object_]],
    found: Probe,
    rows: list[int] | None,
    columns: list[int] | None,
) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    """The grid with formulas and errors put in where the reader gives results or nothing."""
    if not found.cells:
        return grid
    row_at = {number: at for at, number in enumerate(rows)} if rows else None
    column_at = {number: at for at, number in enumerate(columns)} if columns else None
    placed = [
        (row_at[row] if row_at else row - 1, column_at[column] if column_at else column - 1, cell)
        for (row, column), cell in found.cells.items()
    ]
    height = max(grid.shape[0], 1 + max(row for row, _, _ in placed))
    width = max(grid.shape[1], 1 + max(column for _, column, _ in placed))
    if (height, width) != grid.shape:
        wider = np.full((height, width), None, dtype=object)
        wider[: grid.shape[0], : grid.shape[1]] = grid
        grid = wider
    for row, column, cell in placed:
        value = CellError(cell.error) if cell.error else "" if cell.empty_text else grid[row, column]
        grid[row, column] = value if cell.formula is None else Formula(cell.formula, value)
    return grid


def _last(lines: np.ndarray[tuple[int, ...], np.dtype[np.object_]]) -> int:
    """How many there are up to the last that holds a value."""
    return next((at for at in range(len(lines), 0, -1) if (lines[at - 1] != None).any()), 0)  # noqa: E711  (by element)
