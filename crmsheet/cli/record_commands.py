"""Commands that look at one record, or for one.

Docstrings are the help, and message ids.
"""

from __future__ import annotations

from typing import Annotated

import typer

from crmsheet.cli.completing import customers
from crmsheet.cli.desk import Desk
from crmsheet.cli.options import Format, Language, OutFile, Output, OutputOrShort, Reveal, Today, Top, one_format
from crmsheet.cli.program import app
from crmsheet.cli.words import apart
from crmsheet.core.messages import N_


@app.command()
def show(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CUSTOMER [BOOK]",
            show_default=False,
            autocompletion=customers,
            help=N_("The key, name, number or address of a customer; then the book, if no setting names it."),
        ),
    ],
    md: Annotated[bool, typer.Option("--md", help=N_("Short for -f md."))] = False,
    html: Annotated[bool, typer.Option("--html", help=N_("Short for -f html."))] = False,
    lang: Language = None,
    today: Today = None,
    output: OutputOrShort = None,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Show one customer: every record, what happened, what is promised, the grade and why.

    Example: crmsheet show C0012 customers.xlsx --html -o C0012.html
    """
    from crmsheet.app.show import show as verb

    book, (text,) = apart(words, "CUSTOMER")
    desk = Desk("show", book, lang, today, one_format(output, md=md, html=html), file, reveal)
    return desk.show(verb(desk.request(), text))


@app.command()
def find(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT [BOOK]",
            show_default=False,
            help=N_("A part of anything, or the initials of a name in pinyin; then the book, if no setting names it."),
        ),
    ],
    top: Top = 20,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Find records by any column, also by pinyin, in traditional characters, or with a slip.

    Example: crmsheet find bjhx customers.xlsx
    """
    from crmsheet.app.find import find as verb

    book, (text,) = apart(words, "TEXT")
    desk = Desk("find", book, lang, today, output, file, reveal)
    return desk.show(verb(desk.request(), text, top=top))


@app.command()
def who(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="VALUE [BOOK]",
            show_default=False,
            help=N_("A phone number, an e-mail, a company, a person; then the book, if no setting names it."),
        ),
    ],
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Tell before you enter a customer whether it is free, yours, a colleague's, or in the pool.

    Example: crmsheet who 13800138000 customers.xlsx
    """
    from crmsheet.app.who import who as verb

    book, (text,) = apart(words, "VALUE")
    desk = Desk("who", book, lang, today, output, file, reveal)
    return desk.show(verb(desk.request(), text))
