"""A form that people have filled in, read back: what it decides goes into the file of decisions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmsheet.access import mask_cell
from crmsheet.app import pair_decisions
from crmsheet.app.asking import BOTH, FIRST, SECOND
from crmsheet.app.bench import bench
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.pair_fields import COMPARED, words_at
from crmsheet.app.request import Request
from crmsheet.app.review import COMMAND, KEPT_IN, decision_on, next_step, unfit_keys
from crmsheet.app.review_form import BOTH_STAY, DECISION, NUMBER, RECORD, VERDICTS
from crmsheet.book.opening import open_book_file
from crmsheet.core.book import Sheet
from crmsheet.core.cells import visible
from crmsheet.core.errors import FormUnreadable
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, Text, cell_words, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.match.decision_lines import verdict_of
from crmsheet.match.decisions import Decision, standing
from crmsheet.match.golden import joinable
from crmsheet.match.lookup import retired_rows
from crmsheet.resources import LANGUAGES, speech

_HEADERS_WITHIN = 20
"""Rows in which the headers of a form are looked for: people put titles above them."""
_NO_FORM = N_("no sheet has the columns {columns}")
_READ = N_("Read from {form}: {new:,} new decisions, {known:,} known already, {open:,} pairs not decided yet.")
_NOT_TAKEN = N_("{count:,} were not taken; the reasons are below. Correct the form and run the same command again.")
_TITLE, _CELL, _WHY = N_("Not taken"), N_("Cell"), N_("Why")
_UNKNOWN = N_("“{value}” is no decision; choose one of: {choices}")
_TWICE = N_("the lines of this pair decide differently: “{value}” here, “{other}” in {cell}")
_NO_PAIR = N_("the keys of the two records are not there any more")
_GONE = N_("the book has no customer {key} any more")
_RETIRED = N_("{key} was merged or archived meanwhile; nothing is left to decide")
_UNFIT = N_("the key {key} is not in the file yet, or there twice")
_CHANGED = N_("{key} was changed since the form was made ({label}); look at it again, in a new form or with --review")
_UNCHOSEN = N_("“{value}” does not say whose value stays; choose one of: {choices}")
_NO_DECISION = N_("it says whose value stays, but nothing is decided about the pair")
_ONE_VALUE = N_("{label} can only hold one value; choose 1 or 2")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a pair: its row in the sheet, and its cells in words by their letters."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a form has what: letters of columns, those of the fields by name."""

    sheet: str
    number: str
    record: str
    decision: str
    key: str
    fields: Mapping[str, str]

    def place(self, line: _Line, letters: str) -> str:
        """A cell as people name it."""
        return f"{self.sheet}!{letters}{line.row}"


class _Refused(Exception):
    """A pair is not taken: the cell, and why."""

    def __init__(self, place: str, why: Text) -> None:
        super().__init__(place)
        self.place, self.why = place, why


def answers(request: Request, path: Path) -> Outcome:
    """Takes what a form decides into the file of decisions; what cannot be taken is told cell by cell.

    Raises:
        BookError: the file cannot be read.
        FormUnreadable: it is none of our forms.
    """
    loaded = load_book(request)
    sheets = open_book_file(path).sheets
    found = next((each for sheet in sheets if (each := _layout(loaded, sheet))), None)
    if found is None or "customers" not in loaded.book.tables:
        columns = chained([Message(each) for each in (NUMBER, RECORD, DECISION)], N_(", "))
        raise FormUnreadable(path=path.name, detail=Message(_NO_FORM, {"columns": columns}), book=loaded.path.name)
    decided: list[Decision] = []
    refused: list[_Refused] = []
    pairs = _pairs(*found)
    reader = _Reader(loaded, found[1])
    for lines in pairs.values():
        try:
            decided += reader.decision(lines)
        except _Refused as each:
            refused.append(each)
    before = standing(pair_decisions.decisions_of(pair_decisions.home(loaded)))
    new = [each for each in decided if not _is_known(each, before)]
    if new:
        pair_decisions.decide(pair_decisions.home(loaded), new, loaded.book.lang, request.tell)
    left = len(pairs) - len(decided) - len(refused)
    counts = {"new": len(new), "known": len(decided) - len(new), "open": left, "conflicts": len(refused)}
    return _told(loaded, path, counts, refused)


def _is_known(decision: Decision, before: Mapping[tuple[str, str], Decision]) -> bool:
    known = before.get(decision.pair)
    return known is not None and (known.verdict, known.fields) == (decision.verdict, decision.fields)


def _told(loaded: Loaded, path: Path, counts: Mapping[str, int], refused: Sequence[_Refused]) -> Outcome:
    notes: list[Text] = [Message(_READ, {**counts, "form": path.name})]
    if counts["new"]:
        file = pair_decisions.decisions_path(pair_decisions.home(loaded)).name
        notes.append(Message(KEPT_IN, {"file": file}))
    if refused:
        notes.append(Message(_NOT_TAKEN, {"count": len(refused)}))
    with bench(loaded) as on:
        notes += next_step(loaded, on.duplicates())
    rows = tuple((each.place, each.why) for each in refused)
    section = Section(Message(_TITLE), (Message(_CELL), Message(_WHY)), rows, name="not_taken")
    notes += (*pair_decisions.notes(loaded), *loaded.about)
    return dataclasses.replace(loaded.outcome(COMMAND), counts=counts, notes=tuple(notes), sections=(section,))


def _layout(loaded: Loaded, sheet: Sheet) -> tuple[Sheet, _Layout, int] | None:
    """The layout of a sheet that is a form, in either language, and the row of its headers."""
    schema = loaded.schema.tables["customers"]
    for row in sheet.cells.index[:_HEADERS_WITHIN].tolist():
        heads = {cell_words(visible(cell)).strip(): letters for letters, cell in sheet.cells.loc[row].items()}
        for lang in LANGUAGES:
            words = [speech(lang).say(Message(each)) for each in (NUMBER, RECORD, DECISION)]
            key = schema[schema.key].labels[lang]
            if heads.keys() >= {*words, key}:
                number, record, decision = (str(heads[each]) for each in words)
                return (
                    sheet,
                    _Layout(sheet.name, number, record, decision, str(heads[key]), _fields(loaded, heads)),
                    row,
                )
    return None


def _fields(loaded: Loaded, heads: Mapping[str, Any]) -> Mapping[str, str]:
    """Field -> letters in the form, by the book's headers or the schema's labels."""
    table = loaded.book.tables["customers"]
    found = {}
    for each in loaded.schema.tables["customers"].fields:
        called = [table.headers.get(table.columns.get(each.name, ""), ""), *each.labels.values()]
        letters = next((str(heads[name]) for name in called if name and name in heads), None)
        if letters and each.name != table.key:
            found[each.name] = letters
    return found


def _pairs(sheet: Sheet, layout: _Layout, head: int) -> dict[str, list[_Line]]:
    """The lines of each pair by its number, wherever they were sorted to."""
    found: dict[str, list[_Line]] = {}
    for row in sheet.cells.index.tolist():
        cells = {str(at): cell_words(visible(cell)).strip() for at, cell in sheet.cells.loc[row].items()}
        if row > head and cells[layout.number].isdecimal():
            found.setdefault(cells[layout.number], []).append(_Line(int(row), cells))
    return found


class _Reader:
    """Reads the pairs of a form, against the book as it is now."""

    def __init__(self, loaded: Loaded, layout: _Layout) -> None:
        self._loaded, self._layout = loaded, layout
        self._table = loaded.book.tables["customers"]
        self._unfit = unfit_keys(loaded)
        retired = retired_rows(self._table)
        keys = zip(self._table.keys().tolist(), self._table.cells.index.tolist(), strict=True)
        self._rows = {key: int(row) for key, row in keys if row not in retired}
        self._retired = frozenset(self._table.keys().loc[list(retired)].tolist())

    def decision(self, lines: Sequence[_Line]) -> list[Decision]:
        """The decision of a pair; nothing where none is made yet.

        Raises:
            _Refused: it cannot be understood, or the customers are not what they were.
        """
        said = self._verdict(lines)
        chosen = [line for line in lines if line.cells[self._layout.record] not in (FIRST, SECOND)]
        choices = [(line, name) for line in chosen for name, at in self._layout.fields.items() if line.cells[at]]
        if said is None:
            if choices:
                line, name = choices[0]
                raise _Refused(self._layout.place(line, self._layout.fields[name]), Message(_NO_DECISION))
            return []
        records = self._records(lines, said[0])
        for line in records:
            self._refuse_changed(line)
        fields = dict(self._choice(line, name) for line, name in choices)
        keys = records[0].cells[self._layout.key], records[1].cells[self._layout.key]
        return [decision_on(self._loaded, keys, said[1], fields)]

    def _verdict(self, lines: Sequence[_Line]) -> tuple[_Line, str] | None:
        """What a pair's lines decide, and the line that says so."""
        found: list[tuple[_Line, str]] = []
        at = self._layout.decision
        for line in (each for each in lines if each.cells[at]):
            verdict = verdict_of(line.cells[at])
            if verdict is None:
                choices = chained([Message(each) for each in VERDICTS.values()], N_(", "))
                why = Message(_UNKNOWN, {"value": line.cells[at], "choices": choices})
                raise _Refused(self._layout.place(line, at), why)
            if found and found[0][1] != verdict:
                facts = {"value": line.cells[at], "other": found[0][0].cells[at]}
                why = Message(_TWICE, {**facts, "cell": self._layout.place(found[0][0], at)})
                raise _Refused(self._layout.place(line, at), why)
            found.append((line, verdict))
        return found[0] if found else None

    def _records(self, lines: Sequence[_Line], decided: _Line) -> tuple[_Line, _Line]:
        """The lines of the two records, in their order."""
        at = self._layout.record
        found = {line.cells[at]: line for line in lines if line.cells[at] in (FIRST, SECOND)}
        keys = {line.cells[self._layout.key] for line in found.values()} - {""}
        if len(keys) < 2:
            raise _Refused(self._layout.place(decided, self._layout.decision), Message(_NO_PAIR))
        return found[FIRST], found[SECOND]

    def _refuse_changed(self, line: _Line) -> None:
        """Raises _Refused where the customer is gone, or is not what the form says of it."""
        key = line.cells[self._layout.key]
        place = self._layout.place(line, self._layout.key)
        row = self._rows.get(key)
        if row is None:
            raise _Refused(place, Message(_RETIRED if key in self._retired else _GONE, {"key": key}))
        if key in self._unfit:
            raise _Refused(place, Message(_UNFIT, {"key": key}))
        schema = self._loaded.schema.tables["customers"]
        for name, at in self._layout.fields.items():
            if name not in COMPARED or name not in self._table.columns:
                continue
            now = words_at(self._table, name, row)
            if fold(line.cells[at]) not in (fold(now), fold(str(mask_cell(now, schema[name])))):
                facts = {"key": key, "label": schema[name].labels}
                raise _Refused(self._layout.place(line, at), Message(_CHANGED, facts))

    def _choice(self, line: _Line, name: str) -> tuple[str, str]:
        """A field, and whose value of it stays."""
        at = self._layout.fields[name]
        value = line.cells[at]
        both = [speech(lang).say(Message(BOTH_STAY)) for lang in LANGUAGES]
        both_stay = joinable(self._loaded.schema.tables["customers"][name])
        side = BOTH if value in both else value
        if side == BOTH and not both_stay:
            label = self._loaded.schema.tables["customers"][name].labels
            raise _Refused(self._layout.place(line, at), Message(_ONE_VALUE, {"label": label}))
        if side not in (FIRST, SECOND, BOTH):
            choices = chained([FIRST, SECOND, *([Message(BOTH_STAY)] if both_stay else [])], N_(", "))
            raise _Refused(self._layout.place(line, at), Message(_UNCHOSEN, {"value": value, "choices": choices}))
        return name, side
