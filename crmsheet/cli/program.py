"""The program: every command module hangs its commands on it."""

from __future__ import annotations

from typing import Annotated

import typer

from crmsheet.cli.options import Language
from crmsheet.core.messages import N_

app = typer.Typer(
    name="crmsheet", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)


def _version(wanted: bool) -> None:
    if wanted:
        from crmsheet import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def crmsheet(
    lang: Language = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=N_("Show the version."))
    ] = False,
) -> None:
    """A CRM that lives in the spreadsheet you already have.

    Nothing is written without --write, and every write can be undone.
    """
