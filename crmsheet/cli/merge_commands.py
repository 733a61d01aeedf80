"""The command that merges three states of a book. Docstrings are the help, and message ids."""

from __future__ import annotations

from typing import Annotated

import typer

from crmsheet.cli.desk import Desk
from crmsheet.cli.options import Format, Language, OutFile, Output, Reveal, Write
from crmsheet.cli.program import app
from crmsheet.core.messages import N_

Base = Annotated[
    str, typer.Argument(metavar="BASE", help=N_("What both sides began with: a file, a version, or a revision in git."))
]
Ours = Annotated[
    str, typer.Argument(metavar="OURS", help=N_("The book that gets the changes; `now` is the one that is set."))
]
Theirs = Annotated[
    str, typer.Argument(metavar="THEIRS", help=N_("Whose changes go into it: a file, a version, or a revision in git."))
]
Keys = Annotated[
    list[str] | None,
    typer.Option("--key", metavar="COLUMNS", show_default=False, help=N_("Columns that tell rows apart, with commas.")),
]


@app.command()
def merge(
    base: Base,
    ours: Ours,
    theirs: Theirs,
    key: Keys = None,
    write: Write = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Put what theirs changed since the base into ours, by customer and column; what both changed is left to you.

    Example: crmsheet merge 12 customers.xlsx customers-anna.xlsx
    """
    from crmsheet.app.merge import merge as verb

    desk = Desk("merge", None, lang, None, output, file, reveal)
    return desk.show(verb(desk.request(), base, ours, theirs, keys=key or (), write=write))
