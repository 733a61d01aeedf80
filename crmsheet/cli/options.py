"""Options shared by commands, declared once. Help texts are message ids: `localise` says them in the language."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message

_DURATION = re.compile(r"(?:([0-9]+)h)? ?(?:([0-9]+)m)? ?(?:([0-9]+)s)?")


class Format(StrEnum):
    """How a result is written."""

    text = "text"
    json = "json"
    md = "md"
    html = "html"


class FailOn(StrEnum):
    """From which severity on findings make the exit code 1."""

    never = "never"
    info = "info"
    warning = "warning"
    error = "error"


class Lang(StrEnum):
    """A language that crmsheet speaks."""

    zh = "zh"
    en = "en"


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(problem=Message(N_("{value} is no day; write it like 2026-11-23"), {"value": text})) from error


def _count(text: str | int) -> int:
    """A number of records; a default comes as it is."""
    number = int(text) if str(text).isdecimal() else 0
    if number < 1:
        raise UsageError(problem=Message(N_("{value} is no number of records; write it like 20"), {"value": str(text)}))
    return number


def duration(text: str | float) -> float:
    """A length of time such as 90s, 15m or 1h30m, in seconds; a default comes as it is.

    Raises:
        UsageError: it is none.
    """
    if isinstance(text, float):
        return text
    found = _DURATION.fullmatch(text.strip().lower())
    if not found or not any(found.groups()):
        raise UsageError(
            problem=Message(N_("{value} is no length of time; write it like 90s, 15m or 2h"), {"value": text})
        )
    return sum(float(count or 0) * unit for count, unit in zip(found.groups(), (3600, 60, 1), strict=True))


def one_format(output: Format | None, *, md: bool, html: bool) -> Format:
    """The one format that is asked for, by `-f` or by its short form.

    Raises:
        UsageError: two are asked for.
    """
    short = [each for each, wanted in ((Format.md, md), (Format.html, html)) if wanted]
    asked = dict.fromkeys([*short, *([output] if output else [])])
    if len(asked) > 1:
        raise UsageError(problem=Message(N_("{formats} exclude each other"), {"formats": ", ".join(asked)}))
    return next(iter(asked), Format.text)


BookPath = Annotated[
    Path | None,
    typer.Argument(
        metavar="BOOK",
        show_default=False,
        help=N_("The workbook, or a folder of CSV files. Default: $CRMSHEET_BOOK, then crmsheet.toml."),
    ),
]
Write = Annotated[bool, typer.Option("--write", help=N_("Write the changes into the book (they can be undone)."))]
Output = Annotated[Format, typer.Option("--format", "-f", help=N_("How to show the result."))]
OutputOrShort = Annotated[
    Format | None, typer.Option("--format", "-f", show_default=False, help=N_("How to show the result."))
]
OutFile = Annotated[
    Path | None, typer.Option("--output", "-o", show_default=False, help=N_("Write the result to this file."))
]
Top = Annotated[int, typer.Option("--top", parser=_count, metavar="NUMBER", help=N_("How many records to list."))]
Language = Annotated[
    Lang | None, typer.Option("--lang", show_default=False, help=N_("The language to speak. Default: the locale's."))
]
Today = Annotated[
    dt.date | None,
    typer.Option(
        parser=_day,
        metavar="DATE",
        show_default=False,
        help=N_("Count from this day, such as 2026-11-23. Default: today."),
    ),
]
Reveal = Annotated[bool, typer.Option("--reveal", help=N_("Show personal and confidential values unmasked."))]
Fail = Annotated[FailOn, typer.Option("--fail-on", help=N_("Exit with 1 when a finding is this bad or worse."))]
