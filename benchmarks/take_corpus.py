"""Sheets of real workbooks taken whole into others, and what became of both; the figures of docs/patching.md.

    python benchmarks/take_corpus.py DATA                    a sheet of one workbook into another, a hundred times
    python benchmarks/take_corpus.py DATA --pairs 300        so many pairs, drawn by chance but always the same
    python benchmarks/take_corpus.py DATA --office FOLDER    LibreOffice opens what was written

Half of the sheets take the place of one that has their name; the others are added.
"""

from __future__ import annotations

import argparse
import html
import io
import posixpath
import random
import re
import sys
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineWorkbook

sys.path.insert(0, str(Path(__file__).parent))

from patch_corpus import in_office, workbooks
from sheet_facts import cells_of, different_cells, facts, load, looks, theme_of, value_of

from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.opened import WorkbookEdits
from crmsheet.core.errors import PatchRefused
from crmsheet.core.messages import Message

_FOLLOW = re.compile(
    r"(?i)^(?:\[content_types\]\.xml|.*/?(?:styles|workbook\d*|calcchain|metadata)\.xml|.*/workbook\d*\.xml\.rels"
    r"|.*persons/person.*)$"
)
"""The parts of ours that may follow a sheet that is taken."""
_MOST_CELLS, _MOST_BYTES = 500_000, 3_000_000
_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\s[^>]*>")
_LINK = re.compile(rb"<(?:[\w.-]+:)?Relationship\s[^>]*>")
_SAID = re.compile(rb"\s([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_IDS = re.compile(rb"\s(?!xmlns:)[\w-]+:(?:id|embed|link|pict|dm|lo|qs|cs)=[\"']([^\"']+)[\"']")
_TABLE = re.compile(rb"<(?:\w+:)?table\s[^>]*>")


@dataclass(slots=True)
class Taken:
    """What became of one pair: `harm` names what is wrong, `refusal` why nothing was written, `notes` what stayed."""

    ours: str
    theirs: str
    sheet: str
    replaced: bool
    refusal: str = ""
    notes: list[str] = field(default_factory=list)
    harm: list[str] = field(default_factory=list)
    content: bytes = b""
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.ours} <- {self.theirs} {self.sheet!r} ({'replaced' if self.replaced else 'added'})"


File = tuple[str, bytes]


def take(ours: File, theirs: File, sheet: str, *, replaced: bool) -> Taken:
    """A sheet taken from one workbook into another by crmsheet."""
    result = Taken(ours[0], theirs[0], sheet, replaced)
    began = time.process_time()
    try:
        done = patch_workbook(ours[1], {}, ours[0], WorkbookEdits(taken={sheet: theirs[1]}))
    except PatchRefused as error:
        result.refusal = str(error)
    else:
        result.content = done.content
        result.notes = [str(each.template) for each in done.receipt.notes if isinstance(each, Message)]
    result.seconds = time.process_time() - began
    return result


def judged(result: Taken, ours: bytes, theirs: bytes) -> Taken:
    """What of the taken sheet is missing or looks otherwise, what else of ours changed, what is no sound workbook."""
    if not result.content:
        return result
    result.harm += _unsound(result.content, ours, theirs)
    result.harm += _changed_parts(result, ours)
    if _calamine(ours, None) is not None:
        result.harm += _different_values(result, theirs)
    if load(ours) is not None:
        result.harm += _different_sheet(result, theirs)
        result.harm += _other_sheets(result, ours)
    return result


def members_of(content: bytes) -> dict[str, bytes]:
    """The parts by name, with the slashes that they ought to have."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {each.filename.replace("\\", "/"): archive.read(each) for each in archive.infolist()}


def _said(tag: bytes) -> dict[str, str]:
    return {m[1].decode(): html.unescape((m[2] if m[2] is not None else m[3]).decode()) for m in _SAID.finditer(tag)}


def _links(members: Mapping[str, bytes], member: str) -> dict[str, tuple[str, str]]:
    """Id -> kind and target of the relationships of a part; external ones have no target."""
    folder, name = posixpath.split(member)
    folded = {each.lower(): each for each in members}
    raw = members.get(folded.get(posixpath.join(folder, "_rels", f"{name}.rels").lower(), ""), b"")
    found = {}
    for said in map(_said, _LINK.findall(raw)):
        target = posixpath.join("/" + folder, said.get("Target", "").replace("\\", "/"))
        target = posixpath.normpath(target).lstrip("/")
        inside = said.get("TargetMode") != "External"
        kind = said.get("Type", "").rsplit("/", 1)[-1]
        found[said.get("Id", "")] = (kind, folded.get(target.lower(), target) if inside else "")
    return found


def sheets_of(members: Mapping[str, bytes]) -> dict[str, str]:
    """Sheet name -> member, read by other means than crmsheet's."""
    book = next((target for kind, target in _links(members, "").values() if kind == "officeDocument"), "")
    links, found = _links(members, book), {}
    for said in map(_said, _SHEET.findall(members.get(book, b""))):
        key = next((value for name, value in said.items() if name.endswith(":id")), "")
        if key in links:
            found[said.get("name", "")] = links[key][1]
    return found


def _held(members: Mapping[str, bytes], member: str) -> set[str]:
    """What can be reached from a part, with the parts that hold the relationships."""
    found: set[str] = set()
    waiting = [member]
    while waiting:
        each = waiting.pop()
        if each in members and each not in found:
            found.add(each)
            waiting += [target for _, target in _links(members, each).values() if target]
    return found | {
        posixpath.join(posixpath.dirname(each), "_rels", f"{posixpath.basename(each)}.rels") for each in found
    }


def _unsound(content: bytes, ours: bytes, theirs: bytes) -> Iterator[str]:
    """Relationships to nothing, parts without a type, ids without a relationship, doubled tables."""
    members, before = members_of(content), members_of(ours)
    broken = {
        target for book in (before, members_of(theirs)) for each in book for _, target in _links(book, each).values()
        if target not in book
    }  # fmt: skip
    yield from _untyped(members, before)
    for member in members:
        if posixpath.dirname(member).endswith("_rels"):
            continue
        links = _links(members, member)
        for _, target in links.values():
            if target and target not in members and target not in broken and "#" not in target:
                yield f"leads nowhere: {member} > {target}"
        if members[member] != before.get(member) and member.endswith(".xml"):
            lost = {each.decode() for each in _IDS.findall(members[member])} - links.keys()
            if lost:
                yield f"ids without a relationship: {member} {sorted(lost)[:3]}"
    tables = [_said(tag[0]) for name, each in members.items() if name.endswith(".xml") and (tag := _TABLE.search(each))]
    for name in ("id", "displayName"):
        twice = [each for each, count in Counter(table.get(name) for table in tables).items() if count > 1]
        if twice:
            yield f"tables with the same {name}: {twice[:2]}"


def _untyped(members: Mapping[str, bytes], before: Mapping[str, bytes]) -> Iterator[str]:
    types, old = (
        next(raw for name, raw in each.items() if name.lower() == "[content_types].xml") for each in (members, before)
    )
    named = {each.decode().lower().lstrip("/") for each in re.findall(rb"PartName\s*=\s*[\"']([^\"']+)", types)}
    ends = {each.decode().lower() for each in re.findall(rb"Extension\s*=\s*[\"']([^\"']+)", types)}
    folded = {each.lower() for each in members}
    yield from (
        f"type of a part that is not there: {each}" for each in named - folded if each.encode() not in old.lower()
    )
    for member in members.keys() - before.keys():
        if member.lower() not in named and member.rsplit(".", 1)[-1].lower() not in ends:
            yield f"no type: {member}"


def _changed_parts(result: Taken, ours: bytes) -> Iterator[str]:
    before, after = members_of(ours), members_of(result.content)
    held = _held(before, sheets_of(before).get(result.sheet, ""))
    for name, content in before.items():
        if name not in held and after.get(name) != content and not _FOLLOW.match(name):
            yield f"part changed: {name}"


def _different_values(result: Taken, theirs: bytes) -> Iterator[str]:
    one, other = _calamine(theirs, result.sheet), _calamine(result.content, result.sheet)
    if one is None:
        return
    if other is None:
        yield "calamine: does not open"
        return
    wrong = [at for at in one.keys() | other.keys() if one.get(at) != other.get(at) and one.get(at) == one.get(at)]
    if wrong:
        at = min(wrong)
        yield f"calamine: {len(wrong)} values differ, such as {at}: {one.get(at)!r} {other.get(at)!r}"


def _calamine(content: bytes, name: str | None) -> dict[tuple[int, int], object] | None:
    """The values of a sheet, of the first one without a name; None where calamine does not open it."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_name(name or book.sheet_names[0])
    except BaseException:  # noqa: BLE001  (a panic of its Rust code comes as an exception of no class of ours)
        return None
    if sheet.height * sheet.width > _MOST_CELLS:
        return {}
    top, left = sheet.start or (0, 0)
    return {
        (r, c): value
        for r, row in enumerate(sheet.to_python(skip_empty_area=True), top + 1)
        for c, value in enumerate(row, left + 1)
        if value != ""
    }


def _different_sheet(result: Taken, theirs: bytes) -> Iterator[str]:
    one, other = load(theirs), load(result.content)
    if one is None or result.sheet not in one.sheetnames:
        return
    if other is None:
        yield "openpyxl: does not open"
        return
    styles = members_of(theirs).get("xl/styles.xml", b"")
    if b"indexedColors" in styles or b"<cellXfs" not in styles:
        return  # openpyxl does not know a workbook's own palette, and makes up formats where there are none
    there, here = one[result.sheet], other[result.sheet]
    frozen = any("formulas read" in each or "spill" in each for each in result.notes)
    differing = different_cells(there, here, (theme_of(one), theme_of(other)), frozen=frozen)
    yield from (f"openpyxl: {each}" for each in differing)
    repainted = theme_of(one) != theme_of(other)
    a, b = facts(there), facts(here)
    for name in a:
        if a[name] != b[name] and not (name == "rules" and repainted):
            yield f"openpyxl: {name} differ: {str(a[name])[:150]} {str(b[name])[:150]}"


def _other_sheets(result: Taken, ours: bytes) -> Iterator[str]:
    """The other sheets of ours show what they showed: their formats are numbers in a list that grew."""
    one, other = load(ours), load(result.content)
    if one is None or other is None or b"<cellXfs" not in members_of(ours).get("xl/styles.xml", b""):
        return
    names = [each for each in one.sheetnames if each != result.sheet]
    if [each for each in other.sheetnames if each != result.sheet] != names:
        yield "other sheets"
        return
    themes = theme_of(one), theme_of(other)
    for name in names:
        new = cells_of(other[name])
        for at, cell in cells_of(one[name]).items():
            if at not in new or (value_of(cell) != value_of(new[at]) and cell.value == cell.value):
                yield f"other sheet {name}: {at}"
                break
            if cell.has_style and looks(cell, themes[0]) != looks(new[at], themes[1]):
                yield f"other sheet {name}: looks of {at}"
                break


def drawn(files: Sequence[File], pairs: int, seed: int) -> Iterator[tuple[File, File, str, bool]]:
    """Pairs of workbooks and a sheet of the second; where the last is true the first has a sheet of that name."""
    chance = random.Random(seed)
    names = {path: list(sheets_of(members_of(content))) for path, content in files}
    for number in range(pairs):
        theirs = chance.choice([each for each in files if names[each[0]]])
        sheet = chance.choice(names[theirs[0]])
        alike = [each for each in files if each[0] != theirs[0] and sheet in names[each[0]]]
        unlike = [each for each in files if sheet.lower() not in {name.lower() for name in names[each[0]]}]
        replaced = bool(alike) and number % 2 == 0
        yield chance.choice(alike if replaced else unlike), theirs, sheet, replaced


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--only", type=int, help="one pair by its number; --keep writes it")
    parser.add_argument("--keep", type=Path, help="where the last workbook is written")
    parser.add_argument("--office", type=Path, help="a folder for LibreOffice's work")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    found = ((str(path.relative_to(options.data)), content) for path, content in workbooks(options.data))
    files = [each for each in found if len(each[1]) < _MOST_BYTES]
    results: list[Taken] = []
    for number, (ours, theirs, sheet, replaced) in enumerate(drawn(files, options.pairs, options.seed)):
        if options.only in (None, number):
            results.append(judged(take(ours, theirs, sheet, replaced=replaced), ours[1], theirs[1]))
            for each in results[-1].harm[:5]:
                print(f"{number} {results[-1]}: {each[:600]}", flush=True)
    if options.keep and results:
        options.keep.write_bytes(results[-1].content)
    _show(results)
    if options.office:
        options.office.mkdir(parents=True, exist_ok=True)
        opens = in_office({f"{n}.xlsx": each.content for n, each in enumerate(results) if each.content}, options.office)
        print(
            "LibreOffice does not open", [str(results[int(Path(n).stem)]) for n, opened in opens.items() if not opened]
        )


def _show(results: Sequence[Taken]) -> None:
    written = [each for each in results if each.content]
    print(f"{len(results)} pairs, {len(written)} written, {sum(bool(each.harm) for each in results)} with harm")
    for said in (
        Counter(each.refusal[:160] for each in results if each.refusal),
        Counter(n for e in results for n in e.notes),
    ):
        for text, count in said.most_common():
            print(f"{count:5} {text}")
    print("slowest:", max(((round(each.seconds, 2), each.theirs) for each in results), default=None))


if __name__ == "__main__":
    main()
