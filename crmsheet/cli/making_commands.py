"""Commands that make a book: an example to try, or a new one to work with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.desk import Desk
from crmsheet.cli.options import Format, Language, OutFile, Output, Today
from crmsheet.cli.program import app
from crmsheet.core.messages import N_


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=N_("The folder to make; it must be new or empty."))
    ] = Path("crmsheet-demo"),
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Make a messy example book and run the night run on it.

    Example: crmsheet demo crmsheet-demo --lang zh
    """
    from crmsheet.app.demo import demo as verb

    desk = Desk("demo", None, lang, today, output, file)
    return desk.show(verb(desk.request(), folder))


@app.command()
def new(
    book: Annotated[Path, typer.Argument(metavar="BOOK", help=N_("The workbook to make, such as customers.xlsx."))],
    template: Annotated[
        str,
        typer.Option(
            "--template",
            metavar="NAME",
            help=N_("minimal, sales, service, satisfaction, pool, pharma, ecommerce, or full."),
        ),
    ] = "minimal",
    rows: Annotated[
        int, typer.Option("--rows", metavar="N", help=N_("Rows to prepare in each table, 1 to 100000."))
    ] = 200,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Make a new book from a template: drop-downs, notes on entry, a dashboard, a guide.

    Example: crmsheet new customers.xlsx --template sales --lang en
    """
    from crmsheet.app.new import new as verb

    desk = Desk("new", book, lang, today, output, file)
    return desk.show(verb(desk.request(), template, rows))
