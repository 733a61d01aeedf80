"""Who set each field of a record, when, and what stood there before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.core.cells import visible
from crmsheet.core.messages import N_, Message, Text, cell_words
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.core.versions import FOUND, Version
from crmsheet.report.conflicts import field_of
from crmsheet.report.record import Hide
from crmsheet.report.words import label

_TITLE, _EVERY = N_("Who set it"), N_("Every change")
_FIELD, _NOW, _WHO, _WHEN = N_("Column"), N_("Now"), N_("Who"), N_("When")
_VERSION, _HOW, _BEFORE, _AFTER = N_("Version"), N_("How"), N_("Before"), N_("Became")
_SAVED = N_("saved by {name}")
_PEOPLE = N_("edited by people")
_COMMAND = N_("{command}: {message}")
_OF = N_("{command} of version {number}")
_FIRST = N_("as found at first")
_UNTOLD = N_("changed where the history cannot be read")
_UNSAVED = N_("edited since, not recorded yet")


@dataclass(frozen=True, slots=True)
class Event:
    """A field of a record got another value: in which version (None: since the last one), and who saved that file.

    `whole` tells that the record was added or removed with it; `untold` that nobody knows in which version it was.
    """

    field: str
    before: Any
    after: Any
    version: Version | None
    saved_by: str = ""
    whole: bool = False
    untold: bool = False


@dataclass(frozen=True, slots=True)
class Blamed:
    """A record and what became of it.

    `now` holds its cells by field (none where it is gone), `fields` those that are asked about, in order; `events` the
    newest first; `headers` what its columns are called; `numbers` the number of each version by its id.
    """

    table: str
    key: str
    now: Mapping[str, Any]
    fields: Sequence[str]
    events: Sequence[Event]
    headers: Mapping[str, str]
    numbers: Mapping[str, int]


def sections(record: Blamed, schema: Schema, hide: Hide, *, every: bool) -> tuple[Section, ...]:
    """Each field with the last change of it, and with `every` all changes; values as the asker may see them."""
    last: dict[str, Event] = {}
    for event in record.events:
        last.setdefault(event.field, event)
    rows = tuple(_row(name, last.get(name), record, schema, hide) for name in record.fields)
    titles = tuple(map(Message, (_FIELD, _NOW, _WHO, _WHEN, _VERSION, _HOW, _BEFORE)))
    found = [Section(Message(_TITLE), titles, rows, name="fields")]
    if every:
        titles = tuple(map(Message, (_VERSION, _WHEN, _WHO, _HOW, _FIELD, _BEFORE, _AFTER)))
        told = tuple(_told(each, record, schema, hide) for each in record.events if each.field in set(record.fields))
        found.append(Section(Message(_EVERY), titles, told, name="changes"))
    return tuple(found)


def _row(name: str, event: Event | None, record: Blamed, schema: Schema, hide: Hide) -> tuple[Any, ...]:
    now = _seen(record.now.get(name), name, record, schema, hide)
    if event is None:
        return (_named(name, record, schema), now, None, None, None, Message(_FIRST), None)
    version = event.version
    return (
        _named(name, record, schema),
        now,
        who(event),
        when(version),
        version.number if version else None,
        how(event, record.numbers),
        _seen(event.before, name, record, schema, hide),
    )


def _told(event: Event, record: Blamed, schema: Schema, hide: Hide) -> tuple[Any, ...]:
    version = event.version
    return (
        version.number if version else None,
        when(version),
        who(event),
        how(event, record.numbers),
        _named(event.field, record, schema),
        _seen(event.before, event.field, record, schema, hide),
        _seen(event.after, event.field, record, schema, hide),
    )


def who(event: Event) -> Text | None:
    """Who made a change: of people as the file says, who saved it."""
    if event.untold:
        return None
    version = event.version
    if version is not None and version.origin != FOUND:
        return version.author or None
    return Message(_SAVED, {"name": event.saved_by}) if event.saved_by else None


def when(version: Version | None) -> str | None:
    """When a version was made, or found."""
    return version.at.replace("T", " ") if version else None


def how(event: Event, numbers: Mapping[str, int]) -> Text:
    """By which command, with its message, or that people did it."""
    version = event.version
    if event.untold:
        return Message(_UNTOLD)
    if version is None:
        return Message(_UNSAVED)
    if version.origin == FOUND:
        return Message(_FIRST if not version.parent else _PEOPLE)
    if version.message in numbers:
        return Message(_OF, {"command": version.command, "number": numbers[version.message]})
    if version.message:
        return Message(_COMMAND, {"command": version.command, "message": version.message})
    return version.command


def _named(name: str, record: Blamed, schema: Schema) -> Text:
    return record.headers.get(name) or label(schema, record.table, name)


def _seen(value: Any, name: str, record: Blamed, schema: Schema, hide: Hide) -> Any:
    """A cell in words, as the asker may see it; of a formula what it came to."""
    words = cell_words(visible(value))
    return hide(words, field_of(schema, record.table, name)) if words else None
