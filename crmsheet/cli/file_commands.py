"""Commands on a file that may not be a book yet: what it is, and how it becomes one.

Docstrings are the help, and message ids.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.desk import Desk
from crmsheet.cli.options import BookPath, Format, Language, OutFile, Output, Reveal, Today, Write
from crmsheet.cli.program import app
from crmsheet.core.messages import N_

FilePath = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        show_default=False,
        help=N_("Any workbook, CSV file or folder of CSV files. Default: $CRMSHEET_BOOK, then crmsheet.toml."),
    ),
]


@app.command()
def doctor(
    file: FilePath = None,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    into: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Show how a file is read: header, records, columns and damage, and what to do next; nothing is written.

    Example: crmsheet doctor customers.xlsx
    """
    from crmsheet.app.doctor import doctor as verb

    desk = Desk("doctor", file, lang, today, output, into, reveal)
    return desk.show(verb(desk.request(), full=output is Format.json))


@app.command()
def adopt(
    book: BookPath = None,
    write: Write = False,
    lang: Language = None,
    today: Today = None,
    output: Output = Format.text,
    file: OutFile = None,
    reveal: Reveal = False,
) -> int:
    """Make a file of your own a book, once: settle its layout, give each customer a key, set its spelling right.

    Example: crmsheet adopt customers.xlsx --write
    """
    from crmsheet.app.adopt import adopt as verb

    desk = Desk("adopt", book, lang, today, output, file, reveal)
    return desk.show(verb(desk.request(), write=write))
