"""Commands on a whole book: each asks the app once, shows the outcome and exits.

Docstrings are the help, and message ids.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.desk import Desk
from crmsheet.cli.options import (
    BookPath,
    Fail,
    FailOn,
    Format,
    Language,
    OutFile,
    Output,
    Reveal,
    Today,
    Write,
    duration,
)
from crmsheet.cli.program import app
from crmsheet.core.messages import N_


@app.command()
def check(
    book: BookPath = None,
    fail_on: Fail = FailOn.error,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Check every value, key and reference of a book; nothing is changed.

    Example: crmsheet check customers.xlsx --fail-on warning
    """
    from crmsheet.app.check import check as verb

    desk = Desk("check", book, lang, today, output, file, reveal)
    return desk.show(verb(desk.request()), fail_on)


@app.command()
def clean(
    book: BookPath = None,
    write: Write = False,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Bring phones, e-mails, dates, amounts and choices into one spelling.

    Example: crmsheet clean customers.xlsx --write
    """
    from crmsheet.app.clean import clean as verb

    desk = Desk("clean", book, lang, today, output, file, reveal)
    return desk.show(verb(desk.request(), write=write))


@app.command()
def tier(
    book: BookPath = None,
    write: Write = False,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Grade customers A, B and C by revenue, with the reason for each.

    Example: crmsheet tier customers.xlsx --today 2026-11-23
    """
    from crmsheet.app.tier import tier as verb

    desk = Desk("tier", book, lang, today, output, file, reveal)
    return desk.show(verb(desk.request(), write=write))


@app.command()
def followup(
    book: BookPath = None,
    write: Write = False,
    folder: Annotated[
        Path | None,
        typer.Option("--files", metavar="DIR", show_default=False, help=N_("Write one workbook per owner into DIR.")),
    ] = None,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """List who is due or overdue today, by owner, with the reason.

    Example: crmsheet followup customers.xlsx --files today
    """
    from crmsheet.app.followup import followup as verb

    desk = Desk("followup", book, lang, today, output, file, reveal)
    return desk.show(verb(desk.request(), write=write, folder=folder))


@app.command()
def nightly(
    book: BookPath = None,
    write: Write = False,
    wait: Annotated[
        float,
        typer.Option(
            "--wait",
            parser=duration,
            metavar="TIME",
            show_default=False,
            help=N_("Wait so long for whoever has the book open, such as 90s, 15m or 2h, then write."),
        ),
    ] = 0.0,
    fail_on: Fail = FailOn.never,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Clean, check, deduplicate, grade and plan a book in one run.

    Example: crmsheet nightly customers.xlsx --write --wait 2h
    """
    from crmsheet.app.nightly import nightly as verb

    desk = Desk("nightly", book, lang, today, output, file, reveal, log=True)
    return desk.show(verb(desk.request(), write=write, wait=wait), fail_on)


@app.command()
def apply(
    proposal: Annotated[Path, typer.Argument(metavar="FILE", help=N_("The proposal that a stopped run kept."))],
    book: BookPath = None,
    write: Write = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Look at a proposal that was kept, and write it.

    Example: crmsheet apply .crmsheet/customers.xlsx/proposals/20261123-020000-nightly.json
    """
    from crmsheet.app.apply import apply as verb

    desk = Desk("apply", book, lang, None, output, file, reveal)
    return desk.show(verb(desk.request(), proposal, write=write))
