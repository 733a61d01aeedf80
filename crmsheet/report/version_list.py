"""Versions that something happens to, one row each."""

from __future__ import annotations

from collections.abc import Iterable

from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Section
from crmsheet.core.versions import Version

_TITLES = tuple(map(Message, (N_("Version"), N_("When"), N_("Who"), N_("Command"), N_("Id"))))


def sections(versions: Iterable[Version], title: str, name: str) -> tuple[Section, ...]:
    """The versions in a section of that title; none without versions."""
    rows = tuple(
        (each.number, each.at.replace("T", " "), each.author or None, each.command or None, each.id[:8])
        for each in versions
    )
    return (Section(Message(title), _TITLES, rows, name=name),) if rows else ()
