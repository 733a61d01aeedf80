"""The command on duplicates: in a book, in any list, against another file, and why."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.desk import Desk
from crmsheet.cli.options import BookPath, Format, Language, OutFile, Reveal, Today, Write
from crmsheet.cli.program import app
from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome

_TOGETHER = N_("{options} exclude each other")
_NO_FILE = N_("a form to fill in needs a file: add -o FILE")
_NO_TABLE = N_("{option} has no table of rows: leave out -f csv")
TERMINAL = 50
"""Groups of each kind that fit a terminal."""


class Page(StrEnum):
    """How duplicates are written: as other results, as a table of rows, or as a form to fill in."""

    text = "text"
    json = "json"
    md = "md"
    html = "html"
    csv = "csv"
    xlsx = "xlsx"


Review = Annotated[
    bool, typer.Option("--review", help=N_("Decide here, one by one, about those that may be the same."))
]
Answers = Annotated[
    Path | None,
    typer.Option(
        "--answers", metavar="FILE", show_default=False, help=N_("Take over the answers of a form (-f xlsx).")
    ),
]
Pair = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--explain",
        metavar="A B",
        show_default=False,
        help=N_("Show the evidence on two records, by their keys or rows, such as C0012 C0456 or #12 #456."),
    ),
]
Other = Annotated[
    Path | None,
    typer.Option(
        "--against",
        metavar="FILE",
        show_default=False,
        help=N_("Find the rows that stand in another list or book too; nothing is written."),
    ),
]
Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="HEADER=FIELD",
        show_default=False,
        help=N_("What a column of a list is, such as --map tel=phone; HEADER=- leaves it out; again for others."),
    ),
]


@app.command()
def dedupe(
    book: BookPath = None,
    write: Write = False,
    review: Review = False,
    answers: Answers = None,
    pair: Pair = None,
    other: Other = None,
    maps: Maps = None,
    lang: Language = None,
    today: Today = None,
    output: Annotated[Page, typer.Option("--format", "-f", help=N_("How to show the result."))] = Page.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Find customers that are there twice, and say why; --write merges the sure ones.

    Example: crmsheet dedupe customers.xlsx
    """
    form = output is Page.xlsx
    wanted = {"--write": write, "--explain": pair, "--against": other}
    deciding = {"--review": review, "--answers": answers, "-f xlsx": form}
    _refuse(wanted, {**deciding, "--map": maps if any(deciding.values()) else None}, output, file)
    desk = Desk("dedupe", book, lang, today, Format.text if form else output, None if form else file, reveal)
    if any(deciding.values()):
        return desk.show(_decided(desk, answers, file if form else None))
    return desk.show(_found(desk, pair, other, tuple(maps or ()), write=write))


def _refuse(wanted: Mapping[str, object], deciding: Mapping[str, object], output: Page, file: Path | None) -> None:
    """Refuses options that exclude each other, and formats that have no place or nothing to hold."""
    given = [name for name, value in {**wanted, **deciding}.items() if value]
    if len(given) > 1:
        raise UsageError(problem=Message(_TOGETHER, {"options": ", ".join(given)}))
    if output is Page.xlsx and not file:
        raise UsageError(problem=Message(_NO_FILE))
    if output is Page.csv and given and given[0] not in ("--write", "--against"):
        raise UsageError(problem=Message(_NO_TABLE, {"option": given[0]}))


def _decided(desk: Desk, answers: Path | None, form: Path | None) -> Outcome:
    """What people decide: in a form that is written or read back, else here."""
    if form:
        from crmsheet.app.review_form import form as written

        return written(desk.request(), form)
    if answers:
        from crmsheet.app.review_answers import answers as read

        return read(desk.request(), answers)
    from crmsheet.app.review import review
    from crmsheet.cli.review_prompts import reviewer

    return review(desk.request(), reviewer(desk.speech()))


def _found(
    desk: Desk, pair: tuple[str, str] | None, other: Path | None, maps: tuple[str, ...], *, write: bool
) -> Outcome:
    """What is found: the evidence on two records, the rows of another file, or all duplicates.

    A terminal gets the strongest, a file all.
    """
    few = {"top": TERMINAL} if desk.output == Page.text and not desk.file else {}
    if pair:
        from crmsheet.app.dedupe_explain import explain

        return explain(desk.request(), *pair, maps)
    if other:
        from crmsheet.app.dedupe_against import against

        return against(desk.request(), other, maps, **few)
    from crmsheet.app.dedupe import dedupe as found
    from crmsheet.app.dedupe import rows

    if desk.output == Page.csv and not write:
        return rows(desk.request(), maps)
    return found(desk.request(), write=write, asked=maps, programs=desk.output in (Page.csv, Page.json), **few)
