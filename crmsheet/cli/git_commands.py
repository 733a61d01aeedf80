"""Commands on a repository of git: set it up, and what git calls by itself.

Docstrings are the help, and message ids.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.desk import CONFLICT, Desk, print_page
from crmsheet.cli.options import Format, Language, OutFile, Output
from crmsheet.cli.program import app
from crmsheet.cli.terminal import speak_plainly
from crmsheet.core.messages import N_

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(
    group,
    name="git",
    help=N_("Let git show and merge books by customer and field.\n\nExample: crmsheet git install"),
)
Folder = Annotated[
    Path, typer.Argument(metavar="[DIR]", show_default=False, help=N_("A folder of the repository. Default: this one."))
]


@group.command()
def install(
    folder: Folder = Path(),
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Set a repository up: git diff, log, merge and rebase then work on books by customer and field.

    Example: crmsheet git install
    """
    from crmsheet.app.git_setup import install as verb

    desk = Desk("git install", None, lang, None, output, file)
    desk.request()
    return desk.show(verb(folder))


@group.command()
def uninstall(
    folder: Folder = Path(),
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Take back what install set up; lines that others wrote stay.

    Example: crmsheet git uninstall
    """
    from crmsheet.app.git_setup import uninstall as verb

    desk = Desk("git uninstall", None, lang, None, output, file)
    desk.request()
    return desk.show(verb(folder))


@group.command()
def status(
    folder: Folder = Path(),
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Show whether a repository is set up, and how git treats each of its books.

    Example: crmsheet git status
    """
    from crmsheet.app.git_setup import status as verb

    desk = Desk("git status", None, lang, None, output, file)
    desk.request()
    return desk.show(verb(folder))


@group.command()
def textconv(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("A workbook or a CSV file."))],
    lang: Language = None,
) -> int:
    """Print a book as text, a line for each cell: what git compares. Nothing is masked.

    Example: crmsheet git textconv customers.xlsx
    """
    from crmsheet.app.git_text import lines

    speech = Desk("git textconv", None, lang).speech()
    speak_plainly()
    print_page("".join(f"{speech.say(each)}\n" for each in lines(file)))
    return 0


@group.command("merge-driver")
def merge_driver(
    base: Annotated[
        Path,
        typer.Argument(metavar="BASE", help=N_("The common ancestor (%O).")),
    ],
    ours: Annotated[Path, typer.Argument(metavar="OURS", help=N_("Ours (%A), which becomes the result."))],
    theirs: Annotated[Path, typer.Argument(metavar="THEIRS", help=N_("Theirs (%B)."))],
    place: Annotated[Path, typer.Argument(metavar="PLACE", help=N_("Where the book lies in the repository (%P)."))],
    lang: Language = None,
) -> int:
    """Merge three files of a book by customer and field, as git asks for it.

    Example: crmsheet git merge-driver base.xlsx ours.xlsx theirs.xlsx customers.xlsx
    """
    from crmsheet.app.git_merge import merge_files as verb

    desk = Desk("git merge-driver", place, lang)
    done = verb(desk.request(), base, ours, theirs)
    for each in done.said:
        typer.echo(f"crmsheet: {desk.speech().say(each)}", err=True)
    return CONFLICT if done.conflicts else 0
