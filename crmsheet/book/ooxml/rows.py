"""Rows with cells set, cleared or added, as splices; a row that nobody asks about is not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crmsheet.book.ooxml.areas import LAST_COLUMN, LAST_ROW, Area, letters
from crmsheet.book.ooxml.guards import Guards
from crmsheet.book.ooxml.markup import Splice, attributes, truth, with_attribute, without_attribute
from crmsheet.book.ooxml.sheet import CellText, RowText, SheetText, style_of
from crmsheet.book.ooxml.styles import Styles
from crmsheet.book.ooxml.values import Kind, cell_xml, kind_of
from crmsheet.core.cells import Cell
from crmsheet.core.errors import CellRefused
from crmsheet.core.messages import Message, N_

_NOT_COPIED = ("r", "spans", "hidden", "collapsed", "outlineLevel", "ph")


@dataclass(slots=True)
class RowWriter:
    """Writes cells into one sheet; collects the splices.

    `columns`    column -> its default format (from `<cols>`)
    `fresh`      new column -> the column whose looks it borrows
    `appended`   numbers of the appended rows; `like` is the row that they look like
    """

    name: str
    text: SheetText
    styles: Styles
    guards: Guards
    date1904: bool
    columns: Mapping[int, int]
    fresh: Mapping[int, int]
    header: int
    appended: range
    like: RowText | None
    looks: Mapping[int, int]
    splices: list[Splice] = field(default_factory=list)
    extent: Area | None = None
    touched: dict[int, set[int]] = field(default_factory=dict)

    def write(self, row: int, cells: Mapping[int, Cell], hidden: bool | None) -> None:
        """Sets cells of a row (None clears) and hides or shows it.

        Raises:
            CellRefused: one of the cells may not be written.
        """
        at = self.text.index(row)
        if at is None:
            self._new_row(row, cells, hidden)
            return
        found = self.text.row_at(at)
        last = self.text.last_cell(found) if cells else None
        if last is not None and row not in self.guards.by_row and last.column < min(cells):
            known = {last.column: last}
            self._set(found, known, cells, hidden)
        else:
            self._set(found, {each.column: each for each in self._cells(found)}, cells, hidden)

    def _cells(self, row: RowText) -> list[CellText]:
        try:
            return self.text.cells(row)
        except ValueError as error:
            reason = Message(N_("the cells of this row are out of order"))
            raise CellRefused(place=f"{self.name}!{row.number}", reason=reason) from error

    def _set(self, row: RowText, known: dict[int, CellText], cells: Mapping[int, Cell], hidden: bool | None) -> None:
        splices: list[Splice] = []
        done = self.touched.setdefault(row.number, set())
        later = sorted(known)
        for column in sorted(cells):
            written = self._cell(row, known.get(column), column, cells[column], known)
            if written is None:
                continue
            old = known.get(column)
            start = old.start if old else self._gap(row, known, later, column)
            splices.append((start, old.end if old else start, written))
            done.add(column)
        tag = self._tag(row.tag, hidden, bool(splices))
        if splices:
            splices += self._addresses(row, known, done)
            self._extend(row.number, done)
        self._finish(row, tag, splices)

    def _gap(self, row: RowText, known: Mapping[int, CellText], order: list[int], column: int) -> int:
        """Where a cell that is not written belongs: before the next one, or behind the last."""
        if not order:
            return row.inner
        following = next((each for each in order if each > column), None)
        return known[following].start if following is not None else known[order[-1]].end

    def _finish(self, row: RowText, tag: bytes, splices: list[Splice]) -> None:
        if row.self_closing and splices:
            name = tag[1:].split(None, 1)[0].rstrip(b"/>")
            cells = b"".join(each[2] for each in splices)
            self.splices.append((row.start, row.inner, tag[:-2].rstrip() + b">" + cells + b"</" + name + b">"))
            return
        if tag != row.tag:
            self.splices.append((row.start, row.inner, tag))
        self.splices += splices

    def _addresses(self, row: RowText, known: Mapping[int, CellText], done: set[int]) -> list[Splice]:
        """Gives an address to cells that lived by their position alone, which an insertion would shift."""
        skip = len(self.text.grammar.cell_start) - 1
        return [
            (cell.start + skip, cell.start + skip, b' r="%s%d"' % (letters(column).encode(), row.number))
            for column, cell in known.items()
            if not cell.addressed and column not in done
        ]

    def _cell(
        self, row: RowText | None, old: CellText | None, column: int, value: Cell, known: Mapping[int, CellText]
    ) -> bytes | None:
        """The XML of a cell, or None if nothing has to be written."""
        kind, number = kind_of(value), self._number
        empty = kind is Kind.EMPTY
        if empty and old is not None and not self.text.is_filled(old):
            return None
        if empty and old is None and not (number in self.appended and self.looks.get(column)):
            return None
        self._allowed(row, old, column)
        style = self.styles.suited(self._base(row, old, column, known), kind, fresh=column in self.fresh and number != self.header)
        reference = f"{letters(column)}{number}"
        return cell_xml(f"{self.name}!{reference}", reference.encode(), style, value, self.date1904, self.text.part.prefix)
