"""The terminal: a headline, what was found and done, then short tables. Widths are those of CJK cells."""

from __future__ import annotations

import io

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crmsheet.core.messages import Speech
from crmsheet.core.outcome import Outcome, Section
from crmsheet.render.headline import headline
from crmsheet.render.renderer import Renderer, Terminal, plain


def _render(outcome: Outcome, speech: Speech, terminal: Terminal) -> str:
    page = io.StringIO()
    console = Console(
        file=page,
        width=terminal.width,
        force_terminal=terminal.colour,
        no_color=not terminal.colour,
        color_system="standard" if terminal.colour else None,
        legacy_windows=False,
        highlight=False,
    )
    console.print(Text(plain(headline(outcome), speech), style="bold"))
    for note in outcome.notes:
        console.print(Text(plain(note, speech)))
    for section in outcome.sections:
        if section.rows or section.note:
            _print_section(console, section, speech)
    return "\n".join(line.rstrip() for line in page.getvalue().rstrip().splitlines())


def _print_section(console: Console, section: Section, speech: Speech) -> None:
    console.print()
    console.print(Text(plain(section.title, speech), style="bold cyan"))
    if section.rows:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim", padding=(0, 1))
        for at, column in enumerate(section.columns):
            numeric = all(isinstance(row[at], int | float) or row[at] is None for row in section.rows)
            table.add_column(Text(plain(column, speech)), justify="right" if numeric else "left", overflow="fold")
        for row in section.rows:
            table.add_row(*(Text(_cell(each, speech)) for each in row))
        console.print(table)
    if section.note:
        console.print(Text(plain(section.note, speech), style="dim"))


def _cell(value: object, speech: Speech) -> str:
    return plain(value, speech)


RENDERER = Renderer("text", _render)
