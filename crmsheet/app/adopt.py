"""A user's own file becomes a book, once: its layout is settled, its records get keys, its spelling is set right."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmsheet.app.doctor import adopting, understood
from crmsheet.app.layouts import pins
from crmsheet.app.opening import Loaded, load_opened
from crmsheet.app.originals import keep_original, original_of
from crmsheet.app.outcomes import Judgement, Written, proposed, shown, told
from crmsheet.app.planning import planned
from crmsheet.app.request import Request
from crmsheet.app.schemas import load_schema
from crmsheet.app.setting_keys import LAYOUT
from crmsheet.app.settings import FILE, Resolved, resolve, seen
from crmsheet.app.settling import lines, settled
from crmsheet.book.blocks import Doubt, Pin
from crmsheet.book.opened import Opened
from crmsheet.book.opening import open_book_file
from crmsheet.core.changes import Changes
from crmsheet.core.context import Settings
from crmsheet.core.errors import LayoutUnsettled, NoBook, NothingBound
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.schema import Schema
from crmsheet.report.doctor_layout import Understanding
from crmsheet.schema.binding import bind

COMMAND = "adopt"
_NOTHING = N_("It is a book already: there is nothing to adopt, and the file was not touched.")
_WOULD = N_(
    "It would add {columns}, set {cells:,} cells right and delete nothing, and keep the original as {original}. "
    "The file was not changed; --write does it."
)
_DID = N_("Added {columns}, set {cells:,} cells right, deleted nothing; the original is kept as {original}.")
_ONLY_LINES = N_("The cells are as they should be; {file} would get the lines below, and --write writes them.")
_NO_COLUMN, _ONE_COLUMN, _COLUMNS = N_("no column"), N_("1 column ({labels})"), N_("{count} columns ({labels})")
_KEYS = N_("Each of {count:,} records gets a key of its own.")
_LINES, _LINE = N_("Lines for {file}"), N_("Line")
_SETTLED = N_("{file} now says how the sheets are read; undo leaves it as it is.")
_AS_READ = N_("Yes, read it so")
_OTHERWISE = N_("No, the other way: {line}")
_STOP = N_("Neither: stop here, and let me change the sheet first")
_ASKED = N_("{sheet}: {question}")


@dataclass(frozen=True, slots=True)
class _Settled:
    """A file as it is to be read: its book by these settings, and what the settings file must say for it."""

    loaded: Loaded
    top: Mapping[str, Any]
    layouts: Mapping[str, Mapping[str, Any]]
    file: Path

    @property
    def says(self) -> bool:
        """Whether the settings file has to say anything."""
        return bool(self.top or self.layouts)


def adopt(request: Request, *, write: bool) -> Outcome:
    """Makes a file a book: keys, spellings and lines for `crmsheet.toml`; proposed, or written as one version.

    What a run of the night would count against its budget, such as a changed meaning, is left to people.

    Raises:
        LayoutUnsettled: the sheets leave a question open, and nobody is there to answer it.
        BookError, ProposalKept, WriteFailed, SettingsError: it cannot be read or written; nothing is then.
    """
    resolved = resolve(request.book, request.lang, request.actor)
    if not resolved.settings.book:
        raise NoBook
    opened = open_book_file(Path(resolved.settings.book))
    made = _settle(request, opened, resolved)
    changes = adopting(made.loaded)
    applied = planned(made.loaded, changes, COMMAND)[1].applied
    original = original_of(opened)
    if not write:
        done = Written(_would(applied, original, made))
    else:
        with _beside(made, original if len(applied) else None):
            _, done = proposed(made.loaded, changes, COMMAND, write=True, budget=False)
        after = (Message(_SETTLED, {"file": seen(made.file)}),) if made.says else ()
        done = dataclasses.replace(done, notes=(*_did(applied, original, made, done), *after))
    judged = Judgement(COMMAND, sections=_lines(made))
    return shown(made.loaded, told(made.loaded, judged, applied, done))


def _settle(request: Request, opened: Opened, resolved: Resolved) -> _Settled:
    """The file read until no question is open, and what that needs in the settings file."""
    path, before = opened.source.path, resolved.settings
    schema = load_schema(path)
    settings = _answered(request, opened, before, schema)
    loaded = load_opened(request, opened, settings)
    region = _region(loaded)
    if region:
        settings = dataclasses.replace(settings, region=region)
        loaded = load_opened(request, opened, settings)
    layouts = {**settings.layout}
    for sheet, rows in _unusual_headers(opened, loaded, schema):
        layouts.setdefault(sheet, {})
        layouts[sheet] = {"header": rows[0] if len(rows) == 1 else list(rows), **layouts[sheet]}
    added = {sheet: _added(parts, before.layout.get(sheet, {})) for sheet, parts in layouts.items()}
    top = {"region": region} if region else {}
    target = resolved.file or path.absolute().parent / FILE
    return _Settled(loaded, top, {sheet: parts for sheet, parts in added.items() if parts}, target)


def _added(parts: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if name not in before}


def _answered(request: Request, opened: Opened, settings: Settings, schema: Schema) -> Settings:
    """The settings under which nothing about the layout is open; whoever sits at the terminal is asked.

    Raises:
        LayoutUnsettled: nobody sits there, or none of the readings is right.
    """
    path = opened.source.path
    as_read: set[tuple[str, str, int]] = set()
    while True:
        seen_now = _understood(opened, schema, pins(path, settings, schema))
        asked = [each for each in seen_now.doubts if (each[0], each[1].about, each[1].row) not in as_read]
        if not asked:
            break
        sheet, doubt = asked[0]
        if request.choose is None or not (choice := _choice(request, sheet, doubt)):
            raise LayoutUnsettled(
                path=path.name,
                count=len(asked),
                questions=chained([_question(*each) for each in asked], N_("; ")),
                example=f'[{LAYOUT}."{sheet}"]',
            )
        if choice == 1:
            as_read.add((sheet, doubt.about, doubt.row))
        else:
            settings = _with_layout(settings, sheet, doubt.other)
    for sheet in {name for name, *_ in as_read}:
        settings = _with_layout(settings, sheet, {"sure": True})
    return settings


def _understood(opened: Opened, schema: Schema, settled_now: Mapping[str, Pin]) -> Understanding:
    """What is understood of a file by what is settled so far."""
    try:
        bound = bind(opened, schema, settled_now)
    except NothingBound:
        return understood(opened, schema, settled_now, None, Findings())
    return understood(opened, schema, settled_now, bound.book, bound.findings)


def _question(sheet: str, doubt: Doubt) -> Message:
    return Message(_ASKED, {"sheet": sheet, "question": doubt.question})


def _choice(request: Request, sheet: str, doubt: Doubt) -> int:
    """1 for the reading that was assumed, 2 for the other one, 0 for neither."""
    assert request.choose is not None  # noqa: S101  (for mypy; the caller looked)
    other = (Message(_OTHERWISE, {"line": "; ".join(lines(doubt.other, {}))}),) if doubt.other else ()
    chosen = request.choose(_question(sheet, doubt), (Message(_AS_READ), *other, Message(_STOP)))
    return 0 if chosen == 1 + len(other) else chosen + 1


def _with_layout(settings: Settings, sheet: str, parts: Mapping[str, Any]) -> Settings:
    return dataclasses.replace(settings, layout={**settings.layout, sheet: {**settings.layout.get(sheet, {}), **parts}})


def _region(loaded: Loaded) -> str:
    """The region whose numbers all phone columns with numbers of another region hold, '' for none or several."""
    likely = {
        str(arguments["likely"].template)
        for rule, arguments in zip(loaded.findings.column("rule"), loaded.findings.column("arguments"), strict=True)
        if rule == "CRM214"
    }
    return likely.pop() if len(likely) == 1 else ""


def _unusual_headers(opened: Opened, loaded: Loaded, schema: Schema) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The sheets with one table whose header is not the first row alone, and its rows."""
    settled_now = pins(opened.source.path, loaded.context.settings, schema)
    seen_now = understood(opened, schema, settled_now, loaded.book, loaded.findings)
    for sheet, stretches in seen_now.stretches.items():
        rows = stretches[0].block.header_rows if len(stretches) == 1 and stretches[0].table else (1,)
        if rows != (1,):
            yield sheet, rows


@contextmanager
def _beside(made: _Settled, original: Path | None) -> Iterator[None]:
    """Puts a copy of the original and the new settings file in place around a write.

    The settings file is prepared before the book is written and takes its place after it: a crash between the two
    leaves a book that the next `adopt` settles. Where the write fails, neither is left behind.
    """
    from crmsheet.disk.durable import remove, rename, write_new

    before = made.file.read_bytes().decode("utf-8") if made.file.exists() else ""
    prepared = made.file.with_name(f".{made.file.name}.new")
    kept: list[Path] = []
    if made.says:
        write_new(prepared, settled(made.file, before, made.top, made.layouts).encode())
    try:
        kept = keep_original(made.loaded.opened, original) if original else []
        yield
    except BaseException:
        for each in (*kept, *([prepared] if made.says else [])):
            remove(each)
        raise
    if made.says:
        rename(prepared, made.file)


def _would(applied: Changes, original: Path, made: _Settled) -> tuple[Text, ...]:
    """What would be done."""
    if len(applied):
        return _sentences(_WOULD, applied, original)
    return (Message(_ONLY_LINES, {"file": seen(made.file)}) if made.says else Message(_NOTHING),)


def _did(applied: Changes, original: Path, made: _Settled, done: Written) -> tuple[Text, ...]:
    """What was done in a sentence, then the receipt."""
    if not len(applied):
        return () if made.says else (Message(_NOTHING),)
    return (*_sentences(_DID, applied, original), *done.notes)


def _sentences(template: str, applied: Changes, original: Path) -> tuple[Text, ...]:
    """What the changes amount to."""
    kinds, effects = applied.column("kind"), applied.column("effect")
    labels = [after for kind, after in zip(kinds, applied.column("after"), strict=True) if kind == "column"]
    pairs = list(zip(kinds, effects, strict=True))
    facts = {
        "columns": _columns(labels),
        "cells": sum(kind == "set" and effect == "spelling" for kind, effect in pairs),
        "original": seen(original.absolute()),
    }
    keys = sum(kind == "set" and effect == "derived" for kind, effect in pairs)
    return (Message(template, facts), *((Message(_KEYS, {"count": keys}),) if keys else ()))


def _columns(labels: list[str]) -> Message:
    facts = {"count": len(labels), "labels": chained(labels, N_(", "))}
    return Message((_NO_COLUMN, _ONE_COLUMN)[len(labels)] if len(labels) < 2 else _COLUMNS, facts)


def _lines(made: _Settled) -> tuple[Section, ...]:
    """The lines that the settings file gets."""
    if not made.says:
        return ()
    rows = tuple((each,) for each in lines(made.top, made.layouts) if each)
    return (Section(Message(_LINES, {"file": seen(made.file)}), (Message(_LINE),), rows, name="settings"),)
