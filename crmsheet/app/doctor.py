"""What crmsheet understands of any file, what is in it, what is damaged, and what to do next; nothing is written."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from crmsheet.access import mask
from crmsheet.app.layouts import pins
from crmsheet.app.opening import Loaded, load_opened
from crmsheet.app.outcomes import not_changed
from crmsheet.app.request import Request
from crmsheet.app.schemas import load_schema
from crmsheet.app.settings import book_path
from crmsheet.book.blocks import Doubt, Pin
from crmsheet.book.layout.reading import read_layout
from crmsheet.book.lock import open_elsewhere
from crmsheet.book.opened import Opened
from crmsheet.book.opening import open_book_file
from crmsheet.book.siblings import copies_beside
from crmsheet.change.fixing import fixes
from crmsheet.core.book import Book
from crmsheet.core.changes import Changes
from crmsheet.core.errors import CrmsheetError, NothingBound
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.core.rules import LOST
from crmsheet.core.schema import Schema
from crmsheet.report import doctor_facts, doctor_layout, doctor_plan, recovery
from crmsheet.report.doctor_facts import Found
from crmsheet.report.doctor_layout import Understanding, sureness
from crmsheet.report.doctor_plan import State
from crmsheet.resources import rule_cards
from crmsheet.schema.cards import UNSURE_TABLE
from crmsheet.schema.vocabulary import Vocabulary

COMMAND, UNSURE = "doctor", UNSURE_TABLE.code
_STRANGE = re.compile(r"[^\w@%+=:,./\\~-]")
_CUSTOMERS = N_("{sheet} is the list of customers: {rows:,} records, {columns} columns understood. Confidence: {sure}.")
_TABLES = N_("No sheet is a list of customers, but {count} other tables were found. Confidence: {sure}.")
_NOTHING = N_("No table of customers was found in it, nor any other that crmsheet knows.")
_QUESTIONS = N_("Open questions: {count}, see the first list.")
_ABSENT = N_("crmsheet.toml settles sheets that this file does not have: {sheets}.")


def doctor(request: Request, *, full: bool) -> Outcome:
    """How a file is read, what it holds, what is damaged, and a plan; with `full` every line of each list.

    Raises:
        BookError: the file cannot be read at all; with the reason.
    """
    path, settings = book_path(request)
    opened = open_book_file(path)
    try:
        loaded = load_opened(request, opened, settings)
    except NothingBound:
        loaded = None
    schema = loaded.schema if loaded else load_schema(path)
    settled = pins(path, settings, schema)
    book, found_so = (loaded.book, loaded.findings) if loaded else (None, Findings())
    seen = understood(opened, schema, settled, book, found_so)
    findings = recovery.with_verdicts(found_so, rule_cards())
    found = _found(path, opened)
    state = _state(path, seen, found, loaded, findings)
    outcome = Outcome(
        COMMAND,
        path.name,
        findings=findings,
        version=opened.source.sha256[:12],
        today=request.today.isoformat(),
        sheets=loaded.sheets if loaded else {},
        counts={"confidence": seen.confidence, "questions": len(seen.doubts), **recovery.counts(findings)},
        notes=(*_first(seen, loaded), *recovery.sentence(findings), *_absent(opened, settled), not_changed()),
    )
    masked = outcome if request.reveal else mask(outcome, schema)
    return dataclasses.replace(
        masked,
        sections=(
            *doctor_layout.sections(seen, schema, full=full),
            *doctor_plan.damage(masked.findings, rule_cards(), full=full),
            *(recovery.sections(masked.findings, loaded.book, schema, None if full else 10) if loaded else ()),
            *doctor_facts.sections(found, opened.sheets, seen, schema, full=full),
            doctor_plan.plan(state),
        ),
    )


def understood(
    opened: Opened, schema: Schema, settled: Mapping[str, Pin], book: Book | None, findings: Findings
) -> Understanding:
    """How each sheet is laid out, which blocks are tables of the book, and what is open about both.

    `book` and `findings` are those of binding it, None and empty where nothing is a table.
    """
    vocabulary = Vocabulary(schema)
    layouts = (read_layout(sheet, vocabulary.knows, settled.get(sheet.name)) for sheet in opened.sheets)
    empty = frozenset(sheet.name for sheet in opened.sheets if sheet.cells.empty)
    pinned = frozenset(name for name, pin in settled.items() if pin.header == (0,))
    asked = tuple(_either(findings.where([rule == UNSURE for rule in findings.column("rule")]), schema, settled))
    return doctor_layout.understanding(layouts, book, empty, pinned, asked)


def _either(unsure: Findings, schema: Schema, settled: Mapping[str, Pin]) -> Iterator[tuple[str, Doubt]]:
    """The questions about sheets that could be one of two tables."""
    for each in unsure:
        pin = settled.get(each.sheet, Pin())
        other = (each.arguments or {})["other"]
        code = next(name for name, table in schema.tables.items() if table.labels == other)
        if not pin.table and not pin.sure:
            yield each.sheet, Doubt("table", each.text, 0, {"table": code})


def _first(seen: Understanding, loaded: Loaded | None) -> tuple[Text, ...]:
    """The answer in a sentence or two."""
    asked = (Message(_QUESTIONS, {"count": len(seen.doubts)}),) if seen.doubts else ()
    if loaded is None:
        return (Message(_NOTHING), *asked)
    customers = loaded.book.tables.get("customers")
    sure = sureness(seen.confidence)
    if customers is None:
        return (Message(_TABLES, {"count": len(loaded.book.tables), "sure": sure}), *asked)
    facts = {"sheet": customers.title, "rows": len(customers.cells), "columns": len(customers.columns), "sure": sure}
    return (*loaded.about, Message(_CUSTOMERS, facts), *asked)


def _absent(opened: Opened, settled: Mapping[str, Pin]) -> tuple[Text, ...]:
    names = set(settled) - {sheet.name for sheet in opened.sheets}
    return (Message(_ABSENT, {"sheets": ", ".join(sorted(names))}),) if names else ()


def quoted(path: Path) -> str:
    """A path as a shell takes it; Chinese names need no quotes."""
    return f'"{path}"' if _STRANGE.search(str(path)) else str(path)


def _found(path: Path, opened: Opened) -> Found:
    """What is known of the file beside its cells."""
    from crmsheet.book.ooxml.anatomy import anatomy

    parts, refused = None, None
    if opened.source.format == "xlsx":
        try:
            parts = anatomy(path.name, opened.files[""])
        except CrmsheetError as error:
            refused = error.facts.get("reason") or error.message
    dialect = next(iter(opened.dialects.values()), None)
    holder = open_elsewhere(path)
    return Found(
        "" if path.is_dir() else path.suffix.lower(),
        opened.source.format,
        parts,
        refused,  # type: ignore[arg-type]  # a reason is a text
        holder.words if holder else "",
        () if path.is_dir() else copies_beside(path),
        opened.date1904,
        dialect.encoding if dialect else "",
        dialect.delimiter if dialect else "",
    )


def _state(path: Path, seen: Understanding, found: Found, loaded: Loaded | None, findings: Findings) -> State:
    """What decides the plan."""
    customers = loaded.book.tables.get("customers") if loaded else None
    return State(
        quoted(path),
        customers is not None,
        loaded is not None and "transactions" in loaded.book.tables,
        bool(found.holder),
        bool(found.copies),
        bool(seen.doubts),
        found.refused is not None,
        loaded is not None and adoptable(loaded) > 0,
        customers is not None and customers.key not in customers.columns,
        recovery.counts(findings)[LOST],
    )


def adoptable(loaded: Loaded) -> int:
    """How many changes would make the file a book: keys, and spellings set right; nothing that changes a meaning."""
    return len(adopting(loaded))


def adopting(loaded: Loaded) -> Changes:
    """The changes that make a file a book, the keys first."""
    wanted = fixes(loaded.findings)
    harmless = wanted.where([effect != "meaning" for effect in wanted.column("effect")])
    return Changes.joined([loaded.keys, harmless])
