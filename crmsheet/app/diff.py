"""What changed between two states of a book: files, versions of its history, revisions in git."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

from crmsheet.access import mask
from crmsheet.access.masking import mask_value
from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.app.show import hiding
from crmsheet.app.states import BookState, comparable, current_state, is_path, state_at, version_state
from crmsheet.app.versions import current_digest, history_of, numbered
from crmsheet.change.beside import Beside
from crmsheet.change.beside import beside as beside_of
from crmsheet.change.comparing import Difference, differences, text_against_values
from crmsheet.change.keying import BETWEEN, doubled
from crmsheet.core.book import Book, Sheet, Table
from crmsheet.core.changes import Changes
from crmsheet.core.errors import NothingToCompare, TableUnknown, UsageError
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, Text, cell_words, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.report import differences as report
from crmsheet.report.conflicts import field_of
from crmsheet.report.marked import marked
from crmsheet.schema.free_tables import is_free

COMMAND = "diff"
_FEW = 40
"""Changes that are told one by one without being asked for."""
_TOO_MANY = N_("{words} are too many; compare two files, or one book with one or two of its versions")
_SAME = N_("{old} and {new} hold the same.")
_LOOKS = N_("{old} and {new} hold the same; they differ in {count:,} parts of the file, such as formats and widths.")
_FOUND = N_("From {old} to {new}: {facts}.")
_FACTS = {
    "cells": (N_("1 cell changed"), N_("{count:,} cells changed (records: {records:,})")),
    "added": (N_("1 record added"), N_("{count:,} records added")),
    "removed": (N_("1 record removed"), N_("{count:,} records removed")),
    "columns": (N_("1 column added, removed or renamed"), N_("{count:,} columns added, removed or renamed")),
    "sheets": (N_("1 sheet added, removed or renamed"), N_("{count:,} sheets added, removed or renamed")),
    "beside": (N_("1 cell beside the tables"), N_("{count:,} cells beside the tables")),
}
"""Of one, and of several."""
_KEY = N_("{table}: {why}.")
_DOUBLED = N_("{table}: keys that stand in several rows: {count:,}; those rows were matched by what they hold.")
_BY_LOOK = N_("{text} holds nothing but text: cells are the same where they look the same.")
_EVERY = N_("`--cells` lists every change, `-f xlsx -o FILE` marks them in a workbook.")


@dataclass(frozen=True, slots=True)
class _Found:
    """Two states, and what differs between them; nothing is masked."""

    old: BookState
    new: BookState
    tables: Mapping[str, Difference]
    beside: tuple[Beside, ...]
    sheets: tuple[Section, ...]

    @property
    def changes(self) -> Changes:
        """The changes of all tables."""
        return Changes.joined(each.changes for each in self.tables.values())


def diff(
    request: Request,
    words: Sequence[str],
    *,
    keys: Sequence[str] = (),
    tables: Sequence[str] = (),
    cells: bool = False,
    into: Path | None = None,
) -> Outcome:
    """What changed between two states: two files, or a book and versions of it (without any, since the newest one).

    `keys` name the columns that tell rows apart, `tables` those that are wanted; `cells` tells every change, which is
    done anyway where there are few. With `into` the outcome has the sheets with marks for a workbook of that name.

    Raises:
        UsageError: too many words, a key or a table that is not there.
        NothingToCompare: the book has no history, and nothing else is given.
        VersionUnknown: a word names no version.
    """
    old, new = comparable(_states(request, words), keys)
    found = _only(_compared(old, new), tables)
    changes = found.changes
    kinds = report.kinds(changes)
    hidden = changes if request.reveal else _hidden(changes, found)
    told = report.Told(
        hidden,
        kinds,
        [row for each in found.tables.values() for row in each.rows],
        report.types(changes, kinds),
        old.book,
        new.book,
        new.loaded.schema,
    )
    counts = _counts(found, kinds)
    few = sum(map(bool, kinds)) <= _FEW
    seen = _Seen(new)
    sections = [*found.sheets]
    sections += [] if few and not into else report.summary(told)
    sections += report.cells(told) if (few or cells) and not into else ()
    sections += report.beside(found.beside, lambda value: seen("", "", value))
    return Outcome(
        COMMAND,
        new.opened.source.path.name,
        changes=hidden,
        sections=tuple(sections),
        counts=counts,
        notes=(*_notes(found, counts), *([Message(_EVERY)] if not few and not cells and not into else [])),
        version=new.book.source.sha256[:12],
        today=request.today.isoformat(),
        sheets=new.loaded.sheets,
        lists={str(into): (*sections, *marked(told, seen))} if into else {},
    )


class _Seen:
    """What the asker may see of a cell, by its table and its column."""

    def __init__(self, state: BookState) -> None:
        self._hide, self._schema = hiding(state.loaded), state.loaded.schema

    def __call__(self, table: str, name: str, value: Any) -> Any:
        """The cell, in words where something in it is hidden."""
        if value is None or isinstance(value, bool | dt.date):
            return self._hide(value, field_of(self._schema, table, name))
        words = cell_words(value)
        masked = self._hide(words, field_of(self._schema, table, name))
        return value if masked == words else masked


def _states(request: Request, words: Sequence[str]) -> tuple[BookState, BookState]:
    """The two states that the words name, the older one first."""
    paths = [word for word in words if is_path(word)]
    others = [word for word in words if word not in paths]
    if len(paths) > 2 or len(others) > (2 if len(paths) < 2 else 0):
        raise UsageError(problem=Message(_TOO_MANY, {"words": " ".join(words)}))
    if len(paths) == 2:
        first, second = (state_at(request, each) for each in paths)
        return first, second
    request = dataclasses.replace(request, book=Path(paths[0])) if paths else request
    if len(others) == 2:
        first, second = (state_at(request, each) for each in others)
        return first, second
    return (state_at(request, others[0]), current_state(request)) if others else _since_newest(request)


def _since_newest(request: Request) -> tuple[BookState, BookState]:
    """The newest version and the book as it is now, which is read once where it is that version."""
    path, _ = book_path(request)
    current = current_digest(path)
    versions = history_of(path).known(current)
    if not versions:
        raise NothingToCompare(path=path.name)
    now, newest = current_state(request), versions[-1]
    if newest.sha256 == now.book.source.sha256:
        return dataclasses.replace(now, label=numbered(newest.number), version=newest), now
    return version_state(request, str(newest.number)), now


def _compared(old: BookState, new: BookState) -> _Found:
    found = differences(old.book, new.book)
    return _Found(old, new, found, tuple(_beside(old, new)), report.sheets(old.book, new.book))


def _beside(old: BookState, new: BookState) -> Iterator[Beside]:
    """The cells beside tables, in the sheets that both have; a renamed sheet is the one that its table stands on."""
    loose = text_against_values(old.book, new.book)
    theirs = {each.name: each for each in new.opened.sheets}
    renamed = {
        table.sheet: new.book.tables[name].sheet for name, table in old.book.tables.items() if name in new.book.tables
    }
    for sheet in old.opened.sheets:
        other = theirs.get(sheet.name) or theirs.get(renamed.get(sheet.name, ""))
        if other is not None:
            yield from beside_of(sheet, other, (_on(old.book, sheet), _on(new.book, other)), loose=loose)


def _on(book: Book, sheet: Sheet) -> list[Table]:
    """The tables that stand on a sheet."""
    return [table for table in book.tables.values() if any(part.sheet == sheet.name for part in table.parts)]


def _only(found: _Found, wanted: Sequence[str]) -> _Found:
    """What differs in the wanted tables.

    Raises:
        TableUnknown: there is none of that name.
    """
    if not wanted:
        return found
    named = _names(found)
    unknown = next((word for word in wanted if fold(word) not in named), None)
    if unknown is not None:
        titles = [table.title for table in found.new.book.tables.values()]
        raise TableUnknown(
            table=unknown,
            near=next(iter(get_close_matches(unknown, titles, 1, 0.0)), unknown),
            known=chained(titles, N_(", ")),
        )
    chosen = {name for word in wanted for name in named[fold(word)]}
    sheets = {part.sheet for name in chosen for table in _both(found, name) for part in table.parts}
    return dataclasses.replace(
        found,
        tables={name: each for name, each in found.tables.items() if name in chosen},
        beside=tuple(each for each in found.beside if each.sheet in sheets),
        sheets=(),
    )


def _names(found: _Found) -> dict[str, set[str]]:
    """What the tables may be called, folded: by the schema, by their sheets."""
    names: dict[str, set[str]] = {}
    for name in dict.fromkeys([*found.old.book.tables, *found.new.book.tables]):
        sheets = (part.sheet for table in _both(found, name) for part in table.parts)
        for word in (name, *found.new.loaded.schema.tables[name].labels.values(), *sheets):
            names.setdefault(fold(word), set()).add(name)
    return names


def _both(found: _Found, name: str) -> list[Table]:
    return [each.book.tables[name] for each in (found.old, found.new) if name in each.book.tables]


def _hidden(changes: Changes, found: _Found) -> Changes:
    """The changes as one may see them who has no right to private values; keys that are private too."""
    schema = found.new.loaded.schema
    masked = mask(Outcome(COMMAND, "", changes=changes), schema).changes
    hide = {}
    for name, table in found.new.book.tables.items():
        fields = [field_of(schema, name, each) for each in (table.identity.names if table.identity else ())]
        if any(each.sensitivity for each in fields):
            hide[name] = fields
    if not hide:
        return masked
    keys = list(masked.column("key"))
    for at, name in enumerate(masked.column("table")):
        if name in hide and keys[at]:
            parts = zip(keys[at].split(BETWEEN) if len(hide[name]) > 1 else [keys[at]], hide[name], strict=False)
            keys[at] = BETWEEN.join(cell_words(mask_value(part, field)) for part, field in parts)
    return masked.replaced(key=keys)


def _counts(found: _Found, kinds: Sequence[str]) -> dict[str, int]:
    """How much differs, by what it is."""
    changes = found.changes
    columns = ("column added", "column removed", "renamed")
    cells = [at for at, kind in enumerate(kinds) if kind and kind not in ("add", "remove", *columns)]
    tables, rows = changes.column("table"), changes.column("row")
    counts = {
        "cells": len(cells),
        "records": len({(tables[at], rows[at]) for at in cells}),
        "added": kinds.count("add"),
        "removed": kinds.count("remove"),
        "columns": sum(kind in columns for kind in kinds),
        "sheets": sum(len(each.rows) for each in found.sheets),
        "beside": len(found.beside),
    }
    return {**counts, "differences": sum(count for name, count in counts.items() if name != "records")}


def _notes(found: _Found, counts: Mapping[str, int]) -> Iterator[Text]:
    """How much differs, in a sentence; by what the rows of the tables that differ were told apart."""
    names = {"old": found.old.label, "new": found.new.label}
    if counts["differences"]:
        facts = [
            Message(one if counts[name] == 1 else many, {"count": counts[name], "records": counts["records"]})
            for name, (one, many) in _FACTS.items()
            if counts[name]
        ]
        yield Message(_FOUND, {**names, "facts": chained(facts, N_(", "))})
    else:
        parts = _unlike_parts(found.old, found.new)
        yield Message(_LOOKS, {**names, "count": parts}) if parts else Message(_SAME, names)
    if text_against_values(found.old.book, found.new.book):
        text = found.old if found.old.opened.dialects else found.new
        yield Message(_BY_LOOK, {"text": text.label})
    schema = found.new.loaded.schema
    for name, each in found.tables.items():
        if len(each.changes):
            own = () if is_free(schema, name) else (schema.tables[name].key,)
            yield from _about_keys(found.old.book.tables[name], found.new.book.tables[name], own)


def _about_keys(old: Table, new: Table, own: tuple[str, ...]) -> Iterator[Text]:
    """By what the rows of a table were told apart, unless by its own key, which tells all of them apart."""
    identity = new.identity
    if identity is None:
        return
    if identity.names != own:
        yield Message(_KEY, {"table": new.title, "why": identity.why})
    if (twice := doubled(old) | doubled(new)) and not identity.guessed:
        yield Message(_DOUBLED, {"table": new.title, "count": len(twice)})


def _unlike_parts(old: BookState, new: BookState) -> int:
    """How many parts of two workbooks of the same cells differ; of other files none is worth a word."""
    files = [each.opened.files.get("", b"") for each in (old, new)]
    if files[0] == files[1] or not all(is_zipfile(BytesIO(each)) for each in files):
        return 0
    sums = []
    for each in files:
        with ZipFile(BytesIO(each)) as package:
            sums.append({part.filename: part.CRC for part in package.infolist()})
    return sum(sums[0].get(name) != sums[1].get(name) for name in {**sums[0], **sums[1]})
