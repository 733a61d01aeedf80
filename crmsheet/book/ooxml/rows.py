"""Rows with cells set, cleared or added, as splices; a row that nobody asks about is not looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crmsheet.book.ooxml.areas import Area, letters
from crmsheet.book.ooxml.guards import Guards, formula_reason
from crmsheet.book.ooxml.markup import Splice, with_attribute, without_attribute
from crmsheet.book.ooxml.row_ends import ends_of, in_order, plain_cell
from crmsheet.book.ooxml.sheet import CellText, RowText, SheetText
from crmsheet.book.ooxml.styles import Styles
from crmsheet.book.ooxml.values import Kind, cell_xml, kind_of
from crmsheet.core.cells import Cell
from crmsheet.core.errors import CellRefused
from crmsheet.core.messages import N_, Message

_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Looks:
    """Where new cells take their format from.

    `columns`  column -> its default format (from `<cols>`)
    `fresh`    new column -> the column whose looks it borrows
    `header`   the row whose cells of new columns are headers
    `appended` the new rows; `last` column -> format in the row above them, `row` the attributes they copy
    """

    columns: Mapping[int, int]
    fresh: Mapping[int, int]
    header: int
    appended: range
    last: Mapping[int, int]
    row: bytes

    def default(self, row: RowText | None, column: int) -> int:
        """The format of a cell that is not written: its row's, else its column's."""
        style = row.style if row else None
        return self.columns.get(column, 0) if style is None else style


@dataclass(slots=True)
class RowWriter:
    """Writes cells into one sheet, rows ascending; collects the splices, and by row the columns touched.

    `written` remembers the XML of a value, because columns such as a tier hold few distinct ones; `computed` tells
    whether a formula was written or overwritten.
    """

    name: str
    text: SheetText
    styles: Styles
    guards: Guards
    date1904: bool
    looks: Looks
    splices: list[Splice] = field(default_factory=list)
    touched: dict[int, Sequence[int]] = field(default_factory=dict)
    written: dict[tuple[type, Cell, int, bool], bytes] = field(default_factory=dict)
    ways: dict[int, tuple[bytes, int, int]] = field(default_factory=dict)
    hidden: int = 0
    shown: int = 0
    computed: bool = False

    def write(self, number: int, cells: Mapping[int, Cell], hidden: bool | None = None) -> None:
        """Sets cells of a row (None clears), and hides or shows it.

        Raises:
            CellRefused: one of the cells may not be written.
        """
        at = self.text.index(number)
        if at is None:
            self._insert(number, cells, hidden)
            return
        if hidden is None and cells and self._quick(at, number, cells):
            return
        row = self.text.row_at(at)
        if hidden is not None:
            if self.guards.rows_locked and hidden != row.hidden:
                reason = Message(N_("the sheet is protected against hiding and showing rows"))
                raise CellRefused(place=f"{self.name}!{number}", reason=reason)
            hidden = None if hidden == row.hidden else hidden
            self.hidden += hidden is True
            self.shown += hidden is False
        known = self._known(row, cells)
        written = {
            column: xml for column in sorted(cells) if (xml := self._cell(row, known, column, cells[column], number))
        }
        tag = _tag(row.tag, hidden, bool(written))
        if tag != row.tag or written:
            self.touched[number] = list(written)
            self._replace(row, tag, known, written)

    def _quick(self, at: int, number: int, cells: Mapping[int, Cell]) -> bool:
        """Writes cells behind the last one of a row, and plain cells again; says whether that is all there is to do.

        A night run adds columns to 100,000 rows: nothing is looked at but the row's tag, its last cell and those that
        are written again. Whatever is unusual is left to the slow way, which knows all rules.
        """
        found = None if self._is_special(number) else ends_of(self.text, at)
        if found is None:
            return False
        splices: list[Splice] = []
        behind_last, columns = [], sorted(cells)
        for column in columns:
            value = cells[column]
            if value is None or value == "" or value != value:
                return False
            mark, source, base = self.ways.get(column) or self._way(column)
            old = None
            if column <= found.last:
                old = plain_cell(self.text, found, b'%s%d"' % (mark, number))
                if old is None:
                    return False
                base = old.style
            elif source == found.last:
                base = found.style
            elif source < found.last and columns[0] <= found.last:
                return False
            key = type(value), value, base, source != column
            xml = b"%s%d%s" % (mark, number, self.written.get(key) or self._remembered(key, number, column))
            if old is None:
                behind_last.append(xml)
            else:
                splices.append((old.start, old.end, xml))
        if splices and not in_order(self.text, found):
            return False
        if behind_last:
            splices.append((found.close, found.close, b"".join(behind_last)))
        if found.spans:
            tag = self.text.part.raw[found.start : found.inner]
            splices.append((found.start, found.inner, _tag(tag, None, True)))
        self.splices += splices
        self.touched[number] = columns
        return True

    def _is_special(self, number: int) -> bool:
        """Whether a row is guarded, the header or new."""
        guarded = self.guards.protected or number in self.guards.by_row
        return guarded or number == self.looks.header or number in self.looks.appended

    def _way(self, column: int) -> tuple[bytes, int, int]:
        """How cells of a column begin, the column whose looks they have, and the format where a row says nothing."""
        mark = self.text.grammar.cell_start + b'r="' + letters(column).encode()
        way = self.ways[column] = mark, self.looks.fresh.get(column, column), self.looks.columns.get(column, 0)
        return way

    def _remembered(self, key: tuple[type, Cell, int, bool], number: int, column: int) -> bytes:
        """The XML of a value from behind its address, kept for the next cell of the same value and format."""
        if len(self.written) > _REMEMBERED:
            self.written.clear()
        _, value, base, fresh = key
        behind = self.written[key] = self._behind(self._place(number, column), value, base, fresh)
        return behind

    def _known(self, row: RowText, cells: Mapping[int, Cell]) -> dict[int, CellText]:
        """The cells of a row that matter; looking at the last is enough where all new ones stand behind it."""
        if not cells:
            return {}
        last = self.text.last_cell(row) if row.number != self.looks.header else None
        if last is not None and last.column < min(cells):
            return {last.column: last}
        return {each.column: each for each in self.text.cells(row)}

    def _replace(self, row: RowText, tag: bytes, known: Mapping[int, CellText], written: Mapping[int, bytes]) -> None:
        if row.self_closing and written:
            name = tag[1:].split(None, 1)[0].rstrip(b"/>")
            xml = tag[:-2].rstrip() + b">" + b"".join(written.values()) + b"</" + name + b">"
            self.splices.append((row.start, row.inner, xml))
            return
        if tag != row.tag:
            self.splices.append((row.start, row.inner, tag))
        order = sorted(known)
        at = 0
        for column, xml in written.items():
            if old := known.get(column):
                self.splices.append((old.start, old.end, xml))
                continue
            while at < len(order) and order[at] < column:
                at += 1
            place = known[order[at]].start if at < len(order) else (known[order[-1]].end if order else row.inner)
            self.splices.append((place, place, xml))
        if written:
            self._address(row, known, written)

    def _address(self, row: RowText, known: Mapping[int, CellText], written: Mapping[int, bytes]) -> None:
        """Gives an address to cells that lived by their position alone, which an insertion would shift."""
        lost = (cell for column, cell in known.items() if not cell.addressed and column not in written)
        self.splices += (self.text.address(row.number, cell) for cell in lost)

    def _insert(self, number: int, cells: Mapping[int, Cell], hidden: bool | None) -> None:
        """A row that the sheet does not write yet; nothing to do if it would stay empty and visible."""
        written = {
            column: xml for column in sorted(cells) if (xml := self._cell(None, {}, column, cells[column], number))
        }
        if not written and not hidden:
            return
        name = self.text.part.prefix + b"row"
        copied = self.looks.row if number in self.looks.appended else b""
        tag = b'<%s r="%d"%s%s>' % (name, number, copied, b' hidden="1"' if hidden else b"")
        self.hidden += bool(hidden)
        place = self.text.gap(number)
        self.splices.append((place, place, tag + b"".join(written.values()) + b"</" + name + b">"))
        self.touched[number] = list(written)

    def _cell(
        self, row: RowText | None, known: Mapping[int, CellText], column: int, value: Cell, number: int
    ) -> bytes | None:
        """The XML of a cell, or None if nothing has to be written."""
        old, looks = known.get(column), self.looks
        fresh = column in looks.fresh
        if value is None or value == "" or value != value:
            blank = not self.text.is_filled(old) if old else not (number in looks.appended and looks.last.get(column))
            if blank:
                return None
        if why := self._objection(row, old, column, number):
            raise CellRefused(place=self._place(number, column), reason=why)
        base = self._base(row, known, column, number)
        key = type(value), value, base, fresh and number != looks.header
        behind = self.written.get(key) or self._remembered(key, number, column)
        return b'%sr="%s%d%s' % (self.text.grammar.cell_start, letters(column).encode(), number, behind)

    def _behind(self, place: str, value: Cell, base: int, fresh: bool) -> bytes:
        """The XML of a cell from behind its address, by its value and the format that it starts from."""
        kind = kind_of(value)
        self.computed |= kind is Kind.FORMULA
        style = self.styles.suited(base, kind, fresh)
        return cell_xml(place, kind, style, value, self.date1904, self.text.part.prefix)

    def _base(self, row: RowText | None, known: Mapping[int, CellText], column: int, number: int) -> int:
        """The format that a value starts from."""
        looks = self.looks
        appended = number in looks.appended
        source = looks.fresh.get(column, column)
        found = known.get(source)
        if found is not None and (found.style or not appended):
            return found.style
        if appended and source in looks.last:
            return looks.last[source]
        return looks.default(row, column)

    def _objection(self, row: RowText | None, old: CellText | None, column: int, number: int) -> Message | None:
        """Why a cell may not be written, or None."""
        if number in self.guards.by_row and (why := self.guards.reason(number, column)):
            return why
        if old is not None:
            if self.text.is_formula(old):
                self.computed = True
                known = self.guards.force or (number, column) in self.guards.known
                if why := formula_reason(self.text, old, force=known):
                    return why
            if old.special:
                return Message(N_("it holds a spilled formula, a picture or a linked record"))
            if number == self.looks.header and column in self.looks.fresh and self.text.is_filled(old):
                return Message(N_("a new column needs an empty header cell, and this one is not"))
        if self.guards.protected and self.styles.locked(old.style if old else self.looks.default(row, column)):
            return Message(N_("the sheet is protected and the cell is locked"))
        return None

    def _place(self, number: int, column: int) -> str:
        return f"{self.name}!{letters(column)}{number}"

    @property
    def extent(self) -> Area | None:
        """The least rectangle that holds all written cells."""
        rows = [row for row, columns in self.touched.items() if columns]
        ends = {(columns[0], columns[-1]) for columns in self.touched.values() if columns}
        return Area(rows[0], min(ends)[0], rows[-1], max(last for _, last in ends)) if ends else None


def _tag(tag: bytes, hidden: bool | None, touched: bool) -> bytes:
    """A row's tag, hidden or shown; `spans`, a mere hint that would be wrong now, goes from touched rows."""
    if touched and b" spans" in tag:
        tag = without_attribute(tag, "spans")
    if hidden is None:
        return tag
    return with_attribute(tag, "hidden", "1") if hidden else without_attribute(tag, "hidden")
