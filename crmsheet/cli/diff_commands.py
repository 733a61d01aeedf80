"""The command that compares: two files, or a book with what it was."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from crmsheet.cli.desk import Desk
from crmsheet.cli.options import Format, Language, OutFile, Reveal
from crmsheet.cli.program import app
from crmsheet.cli.words import with_book
from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message

_NO_FILE = N_("a workbook with marks needs a file: add -o FILE")


class Page(StrEnum):
    """How a difference is written: as other results, or as a workbook with marks."""

    text = "text"
    json = "json"
    md = "md"
    html = "html"
    xlsx = "xlsx"


@app.command()
def diff(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[OLD] [NEW]",
            show_default=False,
            help=N_("Two files; or a book, and one or two versions of it: numbers, tags, ids, git revisions, `now`."),
        ),
    ] = None,
    keys: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            metavar="COLUMNS",
            show_default=False,
            help=N_("Columns that tell records apart, such as id or year,branch; again for further tables."),
        ),
    ] = None,
    tables: Annotated[
        list[str] | None,
        typer.Option(
            "--table", metavar="SHEET", show_default=False, help=N_("Compare only this table; again for further ones.")
        ),
    ] = None,
    cells: Annotated[bool, typer.Option("--cells", help=N_("List every change, however many there are."))] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help=N_("Exit with 1 when anything differs."))] = False,
    lang: Language = None,
    output: Annotated[Page, typer.Option("--format", "-f", help=N_("How to show the result."))] = Page.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Show what changed between two files, or in a book since a version, by record and column.

    Example: crmsheet diff customers.xlsx 12
    """
    from crmsheet.app.diff import diff as verb

    marks = output is Page.xlsx
    if marks and not file:
        raise UsageError(problem=Message(_NO_FILE))
    shown = Format.text if marks else Format(output)
    desk = Desk("diff", with_book(words or ())[0], lang, None, shown, None if marks else file, reveal)
    outcome = verb(
        desk.request(), words or (), keys=keys or (), tables=tables or (), cells=cells, into=file if marks else None
    )
    return desk.show(outcome) or int(exit_code and bool(outcome.counts["differences"]))
