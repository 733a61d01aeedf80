"""What a command found, proposes and shows: numbers and words, no markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crmsheet.core.changes import Changes
from crmsheet.core.findings import Findings
from crmsheet.core.messages import Text


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table of a report; cells are texts, numbers, dates or None.

    `fields` names, per column, the `table.field` that it shows, or '': masks and number formats follow it. `marks` are
    cells that stand out where a page has colours, by row and column from 0: `added`, `removed`, `changed`, `before`,
    `asked`. In a workbook `choices` are cells that offer a list, by row and column too.
    """

    title: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: Text | None = None
    fields: tuple[str, ...] = ()
    name: str = ""
    marks: Mapping[tuple[int, int], str] = field(default_factory=dict)
    choices: Mapping[tuple[int, int], tuple[Text, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a command; `subject` is the book's name, `counts` the figures of its headline.

    `lists` are sections that want a workbook of their own, a sheet each, by its path; they are never masked, because
    each goes to the one who works with it. `broken` names rules that raised: bugs of crmsheet, not findings. `receipt`
    tells programs what was written; `bare` is the one thing that a script asked for: as text it is shown alone.
    `tables` are for programs: JSON has them beside the sections, CSV is the first of them; no page shows them, and
    their columns are called the same in every language.
    """

    command: str
    subject: str
    findings: Findings = field(default_factory=Findings)
    changes: Changes = field(default_factory=Changes)
    sections: tuple[Section, ...] = ()
    counts: Mapping[str, int | float | str | None] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    version: str = ""
    today: str = ""
    sheets: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Section | tuple[Section, ...]] = field(default_factory=dict)
    broken: tuple[str, ...] = ()
    receipt: Mapping[str, Any] = field(default_factory=dict)
    bare: str | None = None
    tables: tuple[Section, ...] = ()
