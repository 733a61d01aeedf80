"""Commands that take versions back, and tell who changed what.

Docstrings are the help, and message ids.
"""

from __future__ import annotations

from typing import Annotated

import typer

from crmsheet.cli.completing import customers
from crmsheet.cli.desk import Desk
from crmsheet.cli.options import BookPath, Format, Language, OutFile, Output, Reveal, Write
from crmsheet.cli.program import app
from crmsheet.cli.words import apart, with_book
from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message


@app.command()
def undo(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VERSION] [BOOK]",
            show_default=False,
            help=N_("A version by its number, the beginning of its id, or a tag; without it, the last write."),
        ),
    ] = None,
    write: Write = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Take back the last write by crmsheet, or any version; what came after it stays.

    Example: crmsheet undo customers.xlsx --write
    """
    from crmsheet.app.undo import undo as verb

    book, rest = apart(words or (), "VERSION", needed=0)
    desk = Desk("undo", book, lang, None, output, file, reveal)
    return desk.show(verb(desk.request(), "".join(rest), write=write))


@app.command()
def redo(
    book: BookPath = None,
    write: Write = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Take back the last undo, as long as nothing new was written since.

    Example: crmsheet redo customers.xlsx --write
    """
    from crmsheet.app.redo import redo as verb

    desk = Desk("redo", book, lang, None, output, file, reveal)
    return desk.show(verb(desk.request(), write=write))


@app.command()
def restore(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="VERSION [BOOK]",
            show_default=False,
            help=N_(
                "A version by its number, the beginning of its id, or a tag; then the book, if no setting names it."
            ),
        ),
    ],
    table: Annotated[
        str, typer.Option("--table", metavar="TABLE", show_default=False, help=N_("Only this table."))
    ] = "",
    key: Annotated[
        str, typer.Option("--key", metavar="KEY", show_default=False, help=N_("Only the record with this key."))
    ] = "",
    field: Annotated[
        str, typer.Option("--field", metavar="FIELD", show_default=False, help=N_("Only this column."))
    ] = "",
    write: Write = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Bring back a book as it was, also one that is lost or damaged; or a table, a record, a field of it.

    Example: crmsheet restore 12 customers.xlsx --key C0012
    """
    from crmsheet.app.restore import Chosen
    from crmsheet.app.restore import restore as verb

    book, (version,) = apart(words, "VERSION")
    desk = Desk("restore", book, lang, None, output, file, reveal)
    return desk.show(verb(desk.request(), version, Chosen(table, key, field), write=write))


@app.command()
def blame(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="RECORD [FIELD...] [BOOK]",
            show_default=False,
            autocompletion=customers,
            help=N_("A record by its key (a customer by name, too); then columns of it; then the book."),
        ),
    ],
    keys: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="COLUMN", show_default=False, help=N_("The column that tells records apart.")),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help=N_("Every change of these fields, not only the last."))] = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Tell who set each field of a record, when, in which version, and what stood there before.

    Example: crmsheet blame C0012 mobile customers.xlsx
    """
    from crmsheet.app.blame import blame as verb

    book, rest = with_book(words)
    if not rest:
        raise UsageError(problem=Message(N_("{name} is missing"), {"name": "RECORD"}))
    desk = Desk("blame", book, lang, None, output, file, reveal)
    return desk.show(verb(desk.request(), rest[0], rest[1:], keys=keys or (), every=every))
