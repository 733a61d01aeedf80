"""Plumbing for scripts: one cell, one row, the parts of a file - of any workbook, without a schema.

Docstrings are the help, and message ids.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.desk import Desk
from crmsheet.cli.options import Format, Language, OutFile, Output
from crmsheet.cli.program import app
from crmsheet.core.messages import N_


class Kind(StrEnum):
    """What a value on the command line is."""

    text = "text"
    number = "number"
    date = "date"
    bool = "bool"
    formula = "formula"


File = Annotated[
    Path, typer.Argument(metavar="FILE", show_default=False, help=N_("Any workbook or CSV file, or a folder of them."))
]
As = Annotated[
    Kind | None,
    typer.Option("--as", show_default=False, help=N_("What the value is. Default: what stands there, else text.")),
]


@app.command()
def cell(
    file: File,
    place: Annotated[
        str, typer.Argument(metavar="PLACE", show_default=False, help=N_("Sheet and cell, such as 'Sheet1!B2'."))
    ],
    value: Annotated[
        str | None,
        typer.Argument(
            metavar="[VALUE]", show_default=False, help=N_("What to write there; '' empties it. Default: only read it.")
        ),
    ] = None,
    kind: As = None,
    force: Annotated[
        bool, typer.Option("--force", help=N_("Write it though it holds a formula or its sheet is protected."))
    ] = False,
    lang: Language = None,
    output: Output = Format.text,
    result: OutFile = None,
) -> int:
    """Read one cell, or patch it and nothing else: for scripts.

    Example: crmsheet cell customers.xlsx 'Customers!B2' "Hubei Acme Ltd"
    """
    from crmsheet.app.cell import cell as read
    from crmsheet.app.cell import set_cell
    from crmsheet.app.typed import Typed

    desk = Desk("cell", file, lang, None, output, result)
    if value is None:
        return desk.show(read(desk.request(), place))
    return desk.show(set_cell(desk.request(), place, Typed(value, kind or ""), force=force))


@app.command()
def append(
    file: File,
    sheet: Annotated[str, typer.Argument(metavar="SHEET", show_default=False, help=N_("The name of the sheet."))],
    values: Annotated[
        list[str],
        typer.Argument(metavar="VALUE...", show_default=False, help=N_("One value per column, from the first one on.")),
    ],
    kind: As = None,
    lang: Language = None,
    output: Output = Format.text,
    result: OutFile = None,
) -> int:
    """Put one row below the records of a sheet: for scripts.

    Example: crmsheet append customers.xlsx Customers C0042 "Hubei Acme Ltd" 13800138000
    """
    from crmsheet.app.cell import append as verb
    from crmsheet.app.typed import Typed

    desk = Desk("append", file, lang, None, output, result)
    return desk.show(verb(desk.request(), sheet, [Typed(each, kind or "") for each in values]))


@app.command()
def parts(
    file: File,
    lang: Language = None,
    output: Output = Format.text,
    result: OutFile = None,
) -> int:
    """List the parts of a file with their SHA-256 digests: what a script compares before and after.

    Example: crmsheet parts customers.xlsx
    """
    from crmsheet.app.parts import parts as verb

    desk = Desk("parts", file, lang, None, output, result)
    return desk.show(verb(desk.request()))
