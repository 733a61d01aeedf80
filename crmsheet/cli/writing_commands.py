"""Commands that write one record at once, and the day of whoever asks.

Docstrings are the help, and message ids.
"""

from __future__ import annotations

from typing import Annotated

import typer

from crmsheet.cli.completing import customer_names, customers
from crmsheet.cli.desk import Desk
from crmsheet.cli.options import BookPath, Format, Language, OutFile, Output, Reveal, Today
from crmsheet.cli.program import app
from crmsheet.cli.words import apart, with_pairs
from crmsheet.core.messages import N_


@app.command()
def note(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CUSTOMER TEXT [BOOK]",
            show_default=False,
            autocompletion=customers,
            help=N_("The customer by key, name or number; what was said; then the book, if no setting names it."),
        ),
    ],
    via: Annotated[str, typer.Option("--via", metavar="CHANNEL", help=N_("How, such as phone, WeChat or visit."))] = "",
    next_day: Annotated[
        str,
        typer.Option(
            "--next",
            metavar="DAY",
            help=N_("When the next contact is promised: tomorrow, next wednesday, in 3 days, 12-05."),
        ),
    ] = "",
    at: Annotated[
        str,
        typer.Option("--at", metavar="WHEN", help=N_("When it was: yesterday, yesterday 15:30, 11-20. Default: now.")),
    ] = "",
    outcome: Annotated[str, typer.Option("--outcome", metavar="TEXT", help=N_("What came of it."))] = "",
    next_step: Annotated[str, typer.Option("--next-step", metavar="TEXT", help=N_("What is to be done next."))] = "",
    contact: Annotated[str, typer.Option("--contact", metavar="NAME", help=N_("With whom, at the customer's."))] = "",
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Note a contact with a customer, and when the next one is promised; written at once.

    Example: crmsheet note C0012 "quote sent" --via WeChat --next 12-05
    """
    from crmsheet.app.note import Contact
    from crmsheet.app.note import note as verb

    book, (customer, text) = apart(words, "CUSTOMER", "TEXT")
    told = Contact(text, via, at, next_day, outcome, next_step, contact)
    desk = Desk("note", book, lang, today, output, file, reveal)
    return desk.show(verb(desk.request(), customer, told))


@app.command("set")
def set_(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CUSTOMER FIELD=VALUE... [BOOK]",
            show_default=False,
            autocompletion=customers,
            help=N_("The customer; columns by their header or label, FIELD= empties one; then the book."),
        ),
    ],
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Set fields of one customer; each value is checked and spelt as its column wants it.

    Example: crmsheet set C0012 mobile=13800138000 stage=won
    """
    from crmsheet.app.set_fields import set_fields as verb

    others, pairs = with_pairs(words)
    book, (customer,) = apart(others, "CUSTOMER")
    desk = Desk("set", book, lang, today, output, file, reveal)
    return desk.show(verb(desk.request(), customer, pairs))


@app.command()
def add(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME FIELD=VALUE... [BOOK]",
            show_default=False,
            help=N_("The name of the new record (or what it says); its columns; then the book."),
        ),
    ],
    table: Annotated[
        str, typer.Option("--table", metavar="TABLE", help=N_("Another sheet than the customers, such as contacts."))
    ] = "",
    customer: Annotated[
        str,
        typer.Option(
            "--customer",
            metavar="CUSTOMER",
            autocompletion=customer_names,
            help=N_("Whose record it is, in another sheet."),
        ),
    ] = "",
    anyway: Annotated[bool, typer.Option("--anyway", help=N_("Add it though it seems to be there already."))] = False,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Add a customer, or a record of another sheet, unless it is there already.

    Example: crmsheet add "Hubei Acme Ltd" mobile=13800138000 source=expo
    """
    from crmsheet.app.add import add as verb

    others, pairs = with_pairs(words)
    book, rest = apart(others, "NAME", needed=0)
    desk = Desk("add", book, lang, today, output, file, reveal)
    return desk.show(verb(desk.request(), "".join(rest), pairs, table=table, customer=customer, anyway=anyway))


@app.command()
def me(
    book: BookPath = None,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Show your calls of today: whom, why, at which number, and what was said last.

    Example: crmsheet me customers.xlsx
    """
    from crmsheet.app.me import me as verb

    desk = Desk("me", book, lang, today, output, file)
    return desk.show(verb(desk.request()))
