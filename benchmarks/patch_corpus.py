"""Every workbook of a folder patched three ways, and what became of it; the table of docs/patching.md.

    python benchmarks/patch_corpus.py DATA                      one cell, one row, one column each, by crmsheet; then a
                                                                look, a rule, a list, a link, a name and a new sheet
    python benchmarks/patch_corpus.py DATA --way openpyxl       the same by openpyxl's load and save
    python benchmarks/patch_corpus.py DATA --every 7            every seventh file
    python benchmarks/patch_corpus.py DATA --office FOLDER      LibreOffice opens what was written, and the originals

A file counts as readable if crmsheet reads it. What a program cannot open before the patch it need not open after it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl
from openpyxl.cell.rich_text import CellRichText
from python_calamine import CalamineWorkbook

sys.path.insert(0, str(Path(__file__).parent))

from workbook_features import features, lost, parts, root_of

from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.ooxml.areas import area
from crmsheet.book.opened import Choices, Highlight, Look, SheetEdits, WorkbookEdits
from crmsheet.book.opening import open_book_file
from crmsheet.core.book import Sheet
from crmsheet.core.cells import CellError, Formula, column_letters, column_number
from crmsheet.core.errors import BookError, CellRefused, CrmsheetError, PatchRefused

OPERATIONS = ("set a cell", "append a row", "add a column", "dress")
VALUE = "补丁 <&> 13800138000"
_TRIES = 60
_KINDS = ("lost ", "other cells changed", "not open", "part ")
"""Words of what is wrong with a file, in the order of the columns of the table."""
_FOLLOW = {
    "worksheet", "table", "styleSheet", "workbook", "chartSpace", "pivotCacheDefinition", "Types", "Relationships",
}  # fmt: skip
"""The roots of parts that may follow an edit; no other part may change."""
_MOST_CELLS = 3_000_000
"""Of a sheet that calamine lays out in full: XFD1048576 with 22 cells would take all memory."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that a user could ask for, by the places that it writes."""

    operation: str
    sheet: str
    edits: SheetEdits
    places: Mapping[tuple[int, int], str]
    book: WorkbookEdits = field(default_factory=WorkbookEdits)

    def by_us(self, content: bytes, path: Path, *, force: bool) -> bytes:
        """The workbook as crmsheet patches it."""
        edits = {self.sheet: replace(self.edits, force=force)}
        if self.book.sheets:
            edits[self.book.sheets[0]] = SheetEdits(0, {(1, "A"): "甲", (2, "A"): Formula("1+1")})
        return patch_workbook(content, edits, path.name, self.book).content


@dataclass(slots=True)
class Result:
    """What became of one file by one operation; `harm` names what is wrong, `refusal` why nothing was written."""

    file: str
    operation: str
    refusal: str = ""
    forced: bool = False
    harm: list[str] = field(default_factory=list)
    content: bytes = b""
    written: bool = False


def workbooks(folder: Path, every: int = 1) -> Iterator[tuple[Path, bytes]]:
    """The workbooks that crmsheet reads."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".xlsx", ".xlsm") and path.is_file())
    for path in found[::every]:
        try:
            opened = open_book_file(path)
        except BookError:
            continue
        if opened.source.format == "xlsx":
            yield path, opened.files[""]


def attempts(path: Path, operation: str) -> Iterator[Edit]:
    """What a user would try, one after the other: cells with plain values first, then an empty one."""
    sheets = open_book_file(path).sheets
    for sheet in sheets:
        yield from _tries(sheet, operation)


def _tries(sheet: Sheet, operation: str) -> Iterator[Edit]:
    filled = sheet.cells.notna()
    rows = [int(row) for row in sheet.cells.index[filled.any(axis=1)]]
    columns = sorted(column_number(str(each)) for each in sheet.cells.columns[filled.any()])
    merged = [each for text in sheet.merged if (each := area(text))]
    bottom = max([0, *rows, *(each.bottom for each in merged)])
    right = max([0, *columns, *(each.right for each in merged)])
    if operation == "set a cell":
        plain = [
            (int(row), column_number(str(letters)))
            for letters in sheet.cells.columns
            for row, value in zip(sheet.cells.index, sheet.cells[letters].tolist(), strict=True)
            if value is not None and value == value and not isinstance(value, Formula | CellError)
        ]
        for row, column in [*sorted(plain)[:_TRIES], (bottom + 1, 1)]:
            edits = SheetEdits(header_row=0, cells={(row, column_letters(column)): VALUE})
            yield Edit(operation, sheet.name, edits, {(row, column): VALUE})
    elif operation == "append a row":
        last, wide = bottom, columns[:3] or [1]
        values = {column_letters(column): f"{VALUE} {column}" for column in wide}
        edits = SheetEdits(header_row=min(rows, default=0), appended=(values,), last_row=last)
        yield Edit(operation, sheet.name, edits, {(last + 1, column): f"{VALUE} {column}" for column in wide})
    elif operation == "dress":
        yield _dressing(sheet.name, bottom + 1, column_letters(right + 1))
    else:
        header, column = min(rows, default=1), right + 1
        cells = {(row, column_letters(column)): VALUE for row in rows[1:4]}
        edits = SheetEdits(header_row=header, new_columns={column_letters(column): "新列"}, cells=cells)
        yield Edit(operation, sheet.name, edits, {(header, column): "新列"} | {(r, column): VALUE for r in rows[1:4]})


def _dressing(sheet: str, row: int, letters: str) -> Edit:
    """All that can be added to a sheet, in cells that hold nothing, and a sheet and a name besides."""
    where = f"{letters}{row}:{letters}{row + 3}"
    edits = SheetEdits(
        header_row=0,
        cells={(row, letters): VALUE},
        looks={where: Look(fill="FFF2CC", colour="C00000", bold=True, number_format="0.0")},
        highlights=(Highlight(where, f"{letters}{row}=1", Look(fill="FF0000")),),
        choices=(Choices(where, source="补丁选项"),),
        links={(row, letters): "https://example.com/?a=1&b=2"},
    )
    book = WorkbookEdits(("补丁选项表",), {"补丁选项": "补丁选项表!$A$1:$A$2"})
    return Edit("dress", sheet, edits, {(row, column_number(letters)): VALUE}, book)


def ours(path: Path, content: bytes, operation: str) -> tuple[Result, Edit | None]:
    """The first edit that crmsheet makes; the refusal of the first attempt where it makes none."""
    result, first = Result(path.name, operation), ""
    for forced in (False, True):
        for edit in attempts(path, operation):
            try:
                result.content = edit.by_us(content, path, force=forced)
            except (CellRefused, PatchRefused) as error:
                first = first or str(error)
                continue
            except CrmsheetError as error:
                return Result(path.name, operation, harm=[f"broken: {error}"]), None
            result.forced = forced
            return result, edit
    result.refusal = first or "no sheet with cells"
    return result, None


def with_openpyxl(path: Path, content: bytes, operation: str) -> tuple[Result, Edit | None]:
    """The first of these edits by openpyxl."""
    result, edit = Result(path.name, operation), next(attempts(path, operation), None)
    if edit is None:
        result.refusal = "no sheet with cells"
        return result, None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), keep_vba=path.suffix == ".xlsm", rich_text=True)
        for (row, column), value in edit.places.items():
            book[edit.sheet].cell(row, column).value = value
        out = io.BytesIO()
        book.save(out)
    except Exception as error:  # noqa: BLE001  (whatever openpyxl raises is a file that it did not save)
        result.refusal = f"{type(error).__name__}: {error}"
        return result, None
    result.content = out.getvalue()
    return result, edit


def judged(result: Result, edit: Edit, before: bytes) -> Result:
    """What the written file lost, and what in it is not as asked."""
    touched = set(edit.places)
    overwritten = _runs(before, edit)
    fewer = lost(features(before), features(result.content) + Counter({"rich text": overwritten}))
    result.harm += [f"lost {name}" for name in fewer]
    old, new = parts(before), parts(result.content)
    # The calculation chain is made anew by the spreadsheet program when formulas come or go.
    gone = sorted(name for name in old.keys() - new.keys() if not name.lower().endswith("calcchain.xml"))
    result.harm += [f"part gone: {name}" for name in gone]
    foreign = [each for each in old.keys() & new.keys() if old[each] != new[each] and root_of(old[each]) not in _FOLLOW]
    result.harm += [f"part changed: {name}" for name in sorted(foreign)]
    harm, readable = _compared(_calamine(before), _calamine(result.content), edit.sheet, touched, edit.places)
    result.harm += [f"calamine: {each}" for each in harm]
    again, readable_too = _compared(_openpyxl(before), _openpyxl(result.content), edit.sheet, touched, edit.places)
    result.harm += [f"openpyxl: {each}" for each in again]
    if not readable and not readable_too:
        result.harm.append("no reader opened it before: nothing to compare")
    return result


def _runs(content: bytes, edit: Edit) -> int:
    """How many runs of rich text the edit overwrites, as asked."""
    if edit.operation != "set a cell":
        return 0
    try:
        sheet = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)[edit.sheet]
    except Exception:  # noqa: BLE001  (it raises whatever its parsers raise)
        return 0
    cells = [sheet._cells.get(place) for place in edit.places]  # noqa: SLF001  (a cell that is there, or none)
    return sum(len(cell.value) for cell in cells if cell is not None and isinstance(cell.value, CellRichText))


_Cells = Mapping[str, Mapping[tuple[int, int], object]]


def _compared(
    before: _Cells | None,
    after: _Cells | None,
    sheet: str,
    touched: set[tuple[int, int]],
    asked: Mapping[tuple[int, int], object],
) -> tuple[list[str], bool]:
    """What differs in cells that nobody asked to change; whether the reader opens it."""
    if before is None:
        return [], False
    if after is None:
        return ["does not open"], True
    if before.keys() - after.keys():
        return ["sheets are gone: other cells changed"], True
    for name, cells in before.items():
        skip = touched if name == sheet else set()
        now = after[name]
        changed = [at for at in cells.keys() | now.keys() if at not in skip and not _same(cells.get(at), now.get(at))]
        if changed:
            row, column = min(changed)
            return [f"{len(changed)} other cells changed, such as {name}!{column_letters(column)}{row}"], True
    wrong = [at for at, value in asked.items() if sheet in after and after[sheet].get(at) != value]
    return (["what was asked is not there"] if wrong else []), True


def _same(one: object, other: object) -> bool:
    return one == other or (one != one and other != other)


def _calamine(content: bytes) -> _Cells | None:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = {}
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height * sheet.width > _MOST_CELLS:
                continue
            top, left = sheet.start or (0, 0)
            rows = sheet.to_python(skip_empty_area=True)
            found[name] = {
                (r, c): value
                for r, row in enumerate(rows, top + 1)
                for c, value in enumerate(row, left + 1)
                if value != ""
            }
    except Exception:  # noqa: BLE001  (a panic of its Rust code comes as an exception of no class of ours)
        return None
    return found


def _openpyxl(content: bytes) -> _Cells | None:
    """Values, of formulas their text, with the number format of each cell."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(content))
        return {
            sheet.title: {
                place: cell.value
                for place, cell in sheet._cells.items()  # noqa: SLF001  (walking over the sheet would make all cells between them)
                if cell.value is not None and not hasattr(cell.value, "ref")
            }
            for sheet in book.worksheets
        }
    except Exception:  # noqa: BLE001  (it raises whatever its parsers raise)
        return None


def in_office(written: Mapping[str, bytes], folder: Path, batch: int = 40) -> dict[str, bool]:
    """Which files LibreOffice opens, many to a start: it writes the first sheet of each that it could read as CSV."""
    found: dict[str, bool] = {}
    names = list(written)
    for start in range(0, len(names), batch):
        some = names[start : start + batch]
        work = Path(tempfile.mkdtemp(dir=folder))
        for name in some:
            (work / name).write_bytes(written[name])
        for tries in (some, None):
            left = [name for name in some if not (work / "out" / f"{Path(name).stem}.csv").is_file()]
            for each in [left] if tries else [[name] for name in left]:
                command = ["soffice", f"-env:UserInstallation=file://{folder / 'profile'}", "--headless"]
                command += ["--convert-to", "csv", "--outdir", str(work / "out"), *(str(work / name) for name in each)]
                with contextlib.suppress(subprocess.TimeoutExpired):
                    subprocess.run(command, check=False, capture_output=True, timeout=60 + 8 * len(each))
        found |= {name: (work / "out" / f"{Path(name).stem}.csv").is_file() for name in some}
        shutil.rmtree(work)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--way", choices=("crmsheet", "openpyxl"), default="crmsheet")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", default="", help="files whose name contains this")
    parser.add_argument("--office", type=Path, help="a folder for LibreOffice's work")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    make = ours if options.way == "crmsheet" else with_openpyxl
    results: list[Result] = []
    originals: dict[str, bytes] = {}
    for number, (path, content) in enumerate(workbooks(options.data, options.every)):
        if options.only not in path.name:
            continue
        originals[f"{number}-before.xlsx"] = content
        for operation in OPERATIONS if options.way == "crmsheet" else OPERATIONS[:3]:
            result, edit = make(path, content, operation)
            results.append(judged(result, edit, content) if edit and result.content else result)
            result.file = f"{number} {path.name}"
            result.written, result.content = bool(result.content), result.content if options.office else b""
    if options.office:
        _ask_office(results, originals, options.office)
    _show(results, options.json)


def _ask_office(results: list[Result], originals: Mapping[str, bytes], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    before = in_office(originals, folder)
    for operation in OPERATIONS:
        mine = [each for each in results if each.operation == operation and each.content]
        written = {f"{each.file.split()[0]}-after.xlsx": each.content for each in mine}
        after = in_office(written, folder)
        for each in mine:
            number = each.file.split()[0]
            if before[f"{number}-before.xlsx"] and not after[f"{number}-after.xlsx"]:
                each.harm.append("LibreOffice: does not open")


def _show(results: list[Result], as_json: bool) -> None:
    if as_json:
        print(
            json.dumps(
                [{n: getattr(e, n) for n in ("file", "operation", "refusal", "forced", "harm")} for e in results],
                ensure_ascii=False,
            )
        )
        return
    columns = (
        "files",
        "written",
        "by force",
        "a feature lost",
        "other cells changed",
        "no longer opens",
        "other parts",
    )
    print("| | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for operation in dict.fromkeys(each.operation for each in results):
        mine = [each for each in results if each.operation == operation]
        written = [each for each in mine if each.written]
        kinds = [sum(any(word in harm for harm in each.harm) for each in mine) for word in _KINDS]
        print(f"| {operation} | {len(mine)} | {len(written)} | {sum(each.forced for each in written)} |", end="")
        print("".join(f" {count} |" for count in kinds))
    for each in results:
        if each.refusal or each.harm or each.forced:
            what = each.refusal or "; ".join(each.harm[:4]) or "(with force)"
            print(f"  {each.operation} · {each.file}: {what}")
    kinds = Counter(harm.split(":")[0] for each in results for harm in each.harm)
    print(dict(kinds.most_common()))


if __name__ == "__main__":
    main()
