"""Commands on the history of a book. Docstrings are the help, and message ids.

`crmsheet history BOOK` lists the versions: a group of commands whose first one may be left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from crmsheet.cli.completing import customers
from crmsheet.cli.desk import Desk
from crmsheet.cli.options import BookPath, Format, Language, OutFile, Output
from crmsheet.cli.program import app
from crmsheet.cli.words import apart
from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message

_LIST = "list"
_LANG = "--lang"
_NO_FILE = N_("-o FILE is missing: where shall the version be written?")


class HistoryGroup(TyperGroup):
    """The commands on a history; without a command's name the versions are listed."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts a command first: the list where none is named; a language in front of one goes behind it."""
        at = next((at for at, each in enumerate(args) if each in self.commands), None)
        before = args[:at] if at is not None else []
        if at is not None and before and before[0].partition("=")[0] == _LANG and len(before) <= 2:
            args = [args[at], *before, *args[at + 1 :]]
        elif not (args and (args[0] in self.commands or args[0] == "--help")):
            args = [_LIST, *args]
        return super().parse_args(ctx, args)


group = typer.Typer(cls=HistoryGroup, rich_markup_mode=None)
app.add_typer(
    group,
    name="history",
    help=N_(
        "List the versions of a book: who changed it, when, and how much; prove, name, copy and thin them out.\n\n"
        "Example: crmsheet history customers.xlsx"
    ),
)
Write = Annotated[bool, typer.Option("--write", help=N_("Do it; without it nothing is written."))]


@group.command(_LIST)
def list_versions(
    book: BookPath = None, lang: Language = None, output: Output = Format.text, file: OutFile = None
) -> int:
    """List the versions of a book: who changed it, when, and how much (the word `list` may be left out).

    Example: crmsheet history customers.xlsx
    """
    from crmsheet.app.history import history as verb

    desk = Desk("history", book, lang, None, output, file)
    return desk.show(verb(desk.request()))


@group.command()
def verify(
    book: BookPath = None,
    whole: Annotated[
        bool,
        typer.Option("--whole", help=N_("Put every version together as well, not only the newest; this takes long.")),
    ] = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Prove that nothing in the history was changed or is missing; exits with 1 where something is damaged.

    Example: crmsheet history verify customers.xlsx
    """
    from crmsheet.app.history_verify import verify as verb

    desk = Desk("history verify", book, lang, None, output, file)
    outcome = verb(desk.request(), whole=whole)
    return desk.show(outcome) or int(bool(outcome.counts["damage"]))


@group.command()
def record(
    book: BookPath = None,
    message: Annotated[
        str, typer.Option("--message", "-m", show_default=False, help=N_("What the version is, in a few words."))
    ] = "",
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Make the book as it is a version, if people edited it since the last one; also while a program has it open.

    Example: crmsheet history record customers.xlsx -m "before the import"
    """
    from crmsheet.app.history_upkeep import record as verb

    desk = Desk("history record", book, lang, None, output, file)
    return desk.show(verb(desk.request(), message))


@group.command()
def tag(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME [VERSION] [BOOK]",
            show_default=False,
            help=N_(
                "The name, and the version that gets it: its number or the beginning of its id. Default: the book."
            ),
        ),
    ],
    delete: Annotated[bool, typer.Option("--delete", help=N_("Take the name away; the version stays."))] = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Name a version; commands take the name for it, and pruning keeps it.

    Example: crmsheet history tag 2026-Q3 12 customers.xlsx
    """
    from crmsheet.app.history_upkeep import tag as verb

    book, rest = apart(words, "NAME", "VERSION", needed=1)
    desk = Desk("history tag", book, lang, None, output, file)
    return desk.show(verb(desk.request(), *rest, delete=delete))


@group.command()
def prune(
    book: BookPath = None,
    write: Write = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Give up old versions: of each day, week and month the last one stays, and tagged ones; nothing newer changes.

    Example: crmsheet history prune customers.xlsx --write
    """
    from crmsheet.app.history_upkeep import prune as verb

    desk = Desk("history prune", book, lang, None, output, file)
    return desk.show(verb(desk.request(), write=write))


@group.command()
def export(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="VERSION [BOOK]",
            show_default=False,
            help=N_("A version by its number, the beginning of its id, or a tag."),
        ),
    ],
    target: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", show_default=False, help=N_("The new file, or folder of CSV files.")
        ),
    ] = None,
    lang: Language = None,
    output: Output = Format.text,
) -> int:
    """Write a version as a file of its own, byte for byte as it was; nothing is overwritten.

    Example: crmsheet history export 12 customers.xlsx -o customers-12.xlsx
    """
    from crmsheet.app.history_copies import export as verb

    book, (word,) = apart(words, "VERSION")
    if target is None:
        raise UsageError(problem=Message(_NO_FILE))
    desk = Desk("history export", book, lang, None, output)
    return desk.show(verb(desk.request(), word, target))


@group.command()
def backup(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help=N_("The folder of the backup, on another disk."))
    ],
    book: BookPath = None,
    restore: Annotated[
        bool, typer.Option("--restore", help=N_("Bring back from there what is missing or damaged here."))
    ] = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Copy a book and its history to another folder: only what is new, and proved there; --restore brings it back.

    Example: crmsheet history backup /media/backup customers.xlsx
    """
    from crmsheet.app.history_copies import backup as verb

    desk = Desk("history backup", book, lang, None, output, file)
    return desk.show(verb(desk.request(), folder, restore=restore))


@group.command()
def redact(
    book: BookPath = None,
    value: Annotated[
        list[str] | None,
        typer.Option("--value", metavar="TEXT", show_default=False, help=N_("A value to destroy; may be given again.")),
    ] = None,
    customer: Annotated[
        str,
        typer.Option(
            "--customer",
            metavar="CUSTOMER",
            show_default=False,
            autocompletion=customers,
            help=N_("Destroy the personal values of this customer, by its key."),
        ),
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", show_default=False, help=N_("Why; it is kept with who did it and when."))
    ] = "",
    write: Write = False,
    lang: Language = None,
    output: Output = Format.text,
    file: OutFile = None,
) -> int:
    """Destroy values of a person in all versions, as the law may ask for; the book itself is not touched.

    Example: crmsheet history redact customers.xlsx --customer C0012 --reason "request of 2026-11-20" --write
    """
    from crmsheet.app.history_redact import redact as verb

    desk = Desk("history redact", book, lang, None, output, file)
    return desk.show(verb(desk.request(), value or (), customer, reason=reason, write=write))
