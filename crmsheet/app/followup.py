"""Follow-ups: who is due today, and one list per owner."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path

from crmsheet.agenda import ASKED, NO_OWNER, Agenda
from crmsheet.agenda import changes as agenda_changes
from crmsheet.app.bench import Bench, asked, bench
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import Judgement, settle
from crmsheet.app.request import Request
from crmsheet.clean.normaliser import KEEP
from crmsheet.clean.phone import NORMALISER as PHONES
from crmsheet.core.changes import Changes
from crmsheet.core.context import Context
from crmsheet.core.messages import N_, Labels, Message
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.schema import Field
from crmsheet.report import followups
from crmsheet.resources import speech
from crmsheet.tier import ASKED as GRADED

TODAY: Labels = {"zh": "今日跟进", "en": "follow-ups"}
PLANNED = ("customers", "interactions", "transactions", "staff")
"""The tables that a plan reads."""
_LISTS = N_("{count:,} lists of follow-ups are in {folder}.")
_NOBODY = N_("Nobody is due today.")
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def followup(request: Request, *, write: bool, folder: Path | None) -> Outcome:
    """Who is due, by owner; with `folder` one workbook per owner; with `write` the dates go into the book."""
    loaded = load_book(request, asked({*ASKED, *GRADED, "suggested_next_at"}))
    return settle(loaded, judge(loaded, folder), write=write)


def judge(loaded: Loaded, folder: Path | None = None, top: int = 20) -> Judgement:
    """The follow-ups of a loaded book, the `top` first told one by one; with `folder` the lists that belong there."""
    with bench(loaded, PLANNED) as table:
        agenda = table.agenda(table.grades())
        changes = agenda_dates(table, agenda)
    lists = owner_lists(loaded, agenda, folder) if folder else {}
    return Judgement(
        "followup",
        wanted=loaded.with_keys(changes),
        counts=agenda_counts(agenda),
        notes=(*agenda.notes, *where(agenda, lists)),
        sections=followups.sections(agenda, loaded.schema, top=top),
        lists=lists,
    )


def agenda_dates(on: Bench, agenda: Agenda) -> Changes:
    """The last contact and the suggested next one, for the customer sheet."""
    table = on.tables.get("customers")
    if table is None:
        return Changes()
    return agenda_changes(agenda, table, on.loaded.schema.tables["customers"])


def agenda_counts(agenda: Agenda) -> dict[str, int]:
    """How many are due, and how many of them are late."""
    return {"due": len(agenda.frame), "overdue": int((agenda.frame["overdue_days"] > 0).sum())}


def where(agenda: Agenda, lists: Mapping[str, Section]) -> tuple[Message, ...]:
    """Where the lists are, or that nobody is due."""
    if agenda.frame.empty:
        return (Message(_NOBODY),)
    if not lists:
        return ()
    return (Message(_LISTS, {"count": len(lists), "folder": str(Path(next(iter(lists))).parent)}),)


def list_folder(loaded: Loaded) -> Path:
    """Where a night run puts the lists: beside the book (inside a folder of CSV files), by day."""
    beside = loaded.path if loaded.path.is_dir() else loaded.path.parent
    return beside / TODAY[loaded.book.lang] / loaded.context.today.isoformat()


def owner_lists(loaded: Loaded, agenda: Agenda, folder: Path) -> dict[str, Section]:
    """Path -> the list of one owner, who sees the customers of nobody else."""
    words = speech(loaded.book.lang)
    lists: dict[str, Section] = {}
    for owner, section in followups.owner_sections(agenda, loaded.schema).items():
        name = _FORBIDDEN.sub("_", owner or words.say(Message(NO_OWNER))).strip(". ")[:80] or "_"
        path = folder / f"{TODAY[loaded.book.lang]}_{name}.xlsx"
        number = 2
        while str(path) in lists:  # two owners whose names differ only in what a file name cannot hold
            path = folder / f"{TODAY[loaded.book.lang]}_{name}_{number}.xlsx"
            number += 1
        lists[str(path)] = _dialled(section, loaded)
    return lists


def _dialled(section: Section, loaded: Loaded) -> Section:
    """The section with its phone numbers in the book's form, as people dial and search them."""
    known = loaded.schema.tables["customers"]
    fields = [known.by_name.get(each.partition(".")[2]) for each in section.fields]
    phones = {at: field for at, field in enumerate(fields) if field is not None and field.kind == "phone"}

    rows = tuple(
        tuple(dial_form(cell, phones[at], loaded.context) if at in phones else cell for at, cell in enumerate(row))
        for row in section.rows
    )
    return dataclasses.replace(section, rows=rows)


def dial_form(value: object, field: Field, context: Context) -> object:
    """A phone number in the book's form; what cannot be read as one stays as it is."""
    written = PHONES.read(str(value).replace("|", "/"), field, context).written if value else KEEP
    return value if written is KEEP else written
