"""The command that takes one customer out of another again.

Docstrings are the help, and message ids.
"""

from __future__ import annotations

from typing import Annotated

import typer

from crmsheet.cli.completing import customers
from crmsheet.cli.desk import Desk
from crmsheet.cli.options import Format, Language, OutFile, Output, Reveal, Write
from crmsheet.cli.program import app
from crmsheet.cli.words import apart
from crmsheet.core.messages import N_


@app.command()
def unmerge(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CUSTOMER [BOOK]",
            show_default=False,
            autocompletion=customers,
            help=N_(
                "The key or name of a customer that was merged into another; then the book, if no setting names it."
            ),
        ),
    ],
    write: Write = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Make a customer that was merged into another one of its own again, also long after the merge.

    Example: crmsheet unmerge C0456 customers.xlsx --write
    """
    from crmsheet.app.unmerge import unmerge as verb

    book, (text,) = apart(words, "CUSTOMER")
    desk = Desk("unmerge", book, lang, None, output, file, reveal)
    return desk.show(verb(desk.request(), text, write=write))
