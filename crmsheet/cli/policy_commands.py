"""Commands on what crmsheet goes by: settings, schema, rules. Docstrings are the help, and message ids."""

from __future__ import annotations

from typing import Annotated

import typer

from crmsheet.cli.completing import rules, tables
from crmsheet.cli.desk import Desk
from crmsheet.cli.options import BookPath, Format, Language, OutFile, Output
from crmsheet.cli.program import app
from crmsheet.core.messages import N_

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(
    group,
    name="schema",
    help=N_("Look at the tables and fields that crmsheet knows.\n\nExample: crmsheet schema show customers"),
)


@app.command()
def settings(
    book: BookPath = None,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Show every setting: its value, where that comes from, and what it may be.

    Example: crmsheet settings customers.xlsx
    """
    from crmsheet.app.policy import settings as verb

    desk = Desk("settings", book, lang, None, output, file)
    return desk.show(verb(desk.request()))


@app.command()
def explain(
    code: Annotated[
        str,
        typer.Argument(
            metavar="RULE",
            show_default=False,
            autocompletion=rules,
            help=N_("The code of a rule, such as CRM203 or 203. Default: list all rules."),
        ),
    ] = "",
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Explain a rule: what it finds, why it matters, and what crmsheet does about it.

    Example: crmsheet explain CRM203
    """
    from crmsheet.app.explain import explain as verb

    desk = Desk("explain", None, lang, None, output, file)
    desk.request()
    return desk.show(verb(code))


@group.command("list")
def list_tables(
    book: BookPath = None,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """List the tables, and where each comes from: shipped, or schema files beside the book.

    Example: crmsheet schema list customers.xlsx
    """
    from crmsheet.app.schema_pages import tables as verb

    desk = Desk("schema list", book, lang, None, output, file)
    return desk.show(verb(desk.request()))


@group.command()
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="TABLE[.FIELD]", autocompletion=tables, help=N_("A table, or one of its fields: customers.mobile.")
        ),
    ],
    book: BookPath = None,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Show the fields of a table, or one field: names, kind, choices, checks, and which file says so.

    Example: crmsheet schema show customers.stage
    """
    from crmsheet.app.schema_pages import show as verb

    desk = Desk("schema show", book, lang, None, output, file)
    return desk.show(verb(desk.request(), name))
