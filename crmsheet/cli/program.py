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


def _install(wanted: bool) -> None:
    if wanted:
        from crmsheet.cli.completing import install

        install()
        raise typer.Exit


def _show(wanted: bool) -> None:
    if wanted:
        from crmsheet.cli.completing import show

        show()
        raise typer.Exit


@app.callback()
def crmsheet(
    lang: Language = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=N_("Show the version."))
    ] = False,
    install_completion: Annotated[
        bool,
        typer.Option(
            "--install-completion", callback=_install, is_eager=True, help=N_("Complete words in this shell with Tab.")
        ),
    ] = False,
    show_completion: Annotated[
        bool,
        typer.Option(
            "--show-completion", callback=_show, is_eager=True, help=N_("Print the completion script of this shell.")
        ),
    ] = False,
) -> None:
    """A CRM that lives in the spreadsheet you already have.

    Commands on a whole book write only with --write; note, set and add write at once. Every write can be undone.
    """
