"""The command that brings conflicted copies back into the book. Its docstring is the help, and a message id."""

from __future__ import annotations

from typing import Annotated

import typer

from crmsheet.cli.desk import Desk
from crmsheet.cli.options import Format, Language, OutFile, Output, Reveal, Write
from crmsheet.cli.program import app
from crmsheet.cli.words import apart
from crmsheet.core.messages import N_


@app.command()
def reconcile(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="BOOK [COPY]",
            show_default=False,
            help=N_(
                "The book, and a copy, a version or a git revision of it. Without one: what was decided or lies there."
            ),
        ),
    ] = None,
    base: Annotated[
        str,
        typer.Option(
            "--base",
            metavar="STATE",
            show_default=False,
            help=N_("The file or version that both were made from. Default: looked for in the history."),
        ),
    ] = "",
    write: Write = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Merge a conflicted copy into the book, and do what was decided in its sheet of conflicts.

    Example: crmsheet reconcile customers.xlsx "customers (1).xlsx" --write
    """
    from crmsheet.app.reconcile import reconcile as verb

    book, other = apart(words or (), "COPY", needed=0)
    desk = Desk("reconcile", book, lang, None, output, file, reveal)
    return desk.show(verb(desk.request(), "".join(other), base, write=write))
