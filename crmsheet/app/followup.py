"""Follow-ups: who is due today, and one list per owner."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path

from crmsheet.agenda import NO_OWNER, Agenda
from crmsheet.agenda import changes as agenda_changes
from crmsheet.app.bench import Bench, bench
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import counts, proposed, shown
from crmsheet.app.request import Request
from crmsheet.clean.normaliser import KEEP
from crmsheet.clean.phone import NORMALISER as PHONES
from crmsheet.core.changes import Changes
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Labels, Message
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.schema import Field
from crmsheet.report import followups
from crmsheet.resources import speech

TODAY: Labels = {"zh": "今日跟进", "en": "follow-ups"}
_LISTS = N_("{count:,} lists of follow-ups are in {folder}.")
_NOBODY = N_("Nobody is due today.")
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def followup(request: Request, *, write: bool, folder: Path | None) -> Outcome:
    """Who is due, by owner; with `folder` one workbook per owner; with `write` the dates go into the book."""
    loaded = load_book(request)
    with bench(loaded) as table:
        agenda = table.agenda(table.grades())
        changes = agenda_dates(table, agenda)
    made, notes, version = proposed(loaded, loaded.with_keys(changes), "followup", write=write)
    lists = owner_lists(loaded, agenda, folder) if folder else {}
    outcome = dataclasses.replace(
        loaded.outcome("followup", version),
        changes=made.applied,
        counts={**counts(loaded, Findings(), made.applied), **agenda_counts(agenda)},
        notes=(*notes, *agenda.notes, *where(agenda, lists)),
        sections=followups.sections(agenda, loaded.schema),
        lists=lists,
    )
    return shown(loaded, outcome)


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

    def form(value: object, field: Field) -> object:
        written = PHONES.read(str(value).replace("|", "/"), field, loaded.context).written if value else KEEP
        return value if written is KEEP else written

    rows = tuple(
        tuple(form(cell, phones[at]) if at in phones else cell for at, cell in enumerate(row)) for row in section.rows
    )
    return dataclasses.replace(section, rows=rows)
