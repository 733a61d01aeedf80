"""The settings that hold, each with its source and its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crmsheet.app.request import Request
from crmsheet.app.setting_keys import KEYS, spelt
from crmsheet.app.settings import FILE, Resolved, resolve, seen
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome, Section

_VALUES = tuple(map(Message, (N_("Setting"), N_("Value"), N_("Source"))))
_MEANINGS = tuple(map(Message, (N_("Setting"), N_("Meaning"), N_("Allowed"))))
_FILE = N_("The settings file is {path}.")
_NO_FILE = N_("There is no settings file: {file} would be looked for in {folder} and the folders above it.")
_IGNORED = N_("These environment variables are no settings, and are not read: {names}.")
_HOW = N_(
    "Order of precedence: a flag, the environment ({variable} for `{key}`), {file}, the default. "
    "An unset variable or an empty text says nothing."
)


def settings(request: Request) -> Outcome:
    """Every setting: its value as an environment variable would give it, where that comes from, and what it may be.

    Raises:
        SettingsError: the settings are wrong.
    """
    resolved = resolve(request.book, request.lang, request.actor)
    values = tuple(
        (key.name, spelt(getattr(resolved.settings, key.field)), resolved.sources[key.name].text)
        for key in KEYS.values()
    )
    meanings = tuple((key.name, Message(key.meaning), key.form.expected) for key in KEYS.values())
    example = KEYS["nightly.merge"]
    how = Message(_HOW, {"variable": example.variable, "key": example.name, "file": FILE})
    sections = (
        Section(Message(N_("Settings")), _VALUES, values, how, name="settings"),
        Section(Message(N_("What they mean")), _MEANINGS, meanings, name="meanings"),
    )
    book = resolved.settings.book
    subject = Path(book).name if book else str(resolved.folder)
    return Outcome("settings", subject, sections=sections, notes=tuple(_notes(resolved)))


def _notes(resolved: Resolved) -> Iterator[Message]:
    if resolved.file:
        yield Message(_FILE, {"path": seen(resolved.file)})
    else:
        yield Message(_NO_FILE, {"file": FILE, "folder": str(resolved.folder)})
    if resolved.ignored:
        yield Message(_IGNORED, {"names": ", ".join(resolved.ignored)})
