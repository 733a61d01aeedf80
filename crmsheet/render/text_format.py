"""The terminal: a headline, what was found and done, then short tables. Widths are those of CJK cells."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crmsheet.core.messages import Speech
from crmsheet.core.outcome import Outcome, Section
from crmsheet.render.headline import headline
from crmsheet.render.renderer import Renderer, Terminal, plain
from crmsheet.render.wrapping import shared_widths, wrapped

GAP = 3
"""Cells between two columns."""
NAMING = 3
"""Columns that name a record when it does not fit into a line of a table."""
MOST_SQUEEZED, MOST_LINES = 3, 3
"""Columns that may give way, and lines of a cell, before a table is shown as one record under the other."""
INDENT = "    "


def _render(outcome: Outcome, speech: Speech, terminal: Terminal) -> str:
    if outcome.bare is not None:
        return outcome.bare
    console, page = _page(terminal)
    _print_text(console, plain(headline(outcome), speech), "bold")
    for note in outcome.notes:
        _print_text(console, plain(note, speech))
    _print_sections(console, outcome.sections, speech)
    return _lines(page)


def sections_text(sections: Sequence[Section], speech: Speech, terminal: Terminal) -> str:
    """Sections alone, as they are shown to somebody who is asked about them."""
    console, page = _page(terminal)
    _print_sections(console, sections, speech)
    return _lines(page)


def _page(terminal: Terminal) -> tuple[Console, io.StringIO]:
    """An empty page, and what writes on it."""
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
    return console, page


def _lines(page: io.StringIO) -> str:
    return "\n".join(line.rstrip() for line in page.getvalue().rstrip().splitlines())


def _print_sections(console: Console, sections: Sequence[Section], speech: Speech) -> None:
    for section in sections:
        if section.rows or section.note:
            _print_section(console, section, speech)


def _print_text(console: Console, text: str, style: str = "") -> None:
    for line in wrapped(text, console.width):
        console.print(Text(line, style=style), no_wrap=True)


def _print_section(console: Console, section: Section, speech: Speech) -> None:
    console.print()
    _print_text(console, plain(section.title, speech), "bold cyan")
    if section.rows:
        titles = [plain(each, speech) for each in section.columns]
        rows = [[plain(each, speech) for each in row] for row in section.rows]
        widths = _widths(console, titles, rows)
        if widths:
            _print_table(console, section, widths, titles, rows)
        else:
            _print_cards(console, titles, rows)
    if section.note:
        _print_text(console, plain(section.note, speech), "dim")


def _widths(console: Console, titles: list[str], rows: list[list[str]]) -> list[int] | None:
    """The widths of the columns, or None where a table would break its cells into too many lines."""
    natural = [max(cell_len(row[at]) for row in (titles, *rows)) for at in range(len(titles))]
    widths = shared_widths(natural, console.width - GAP * (len(titles) - 1))
    if widths is None or len(titles) <= NAMING:
        return widths
    lines = max(-(-wish // width) for wish, width in zip(natural, widths, strict=True) if width)
    squeezed = sum(width < wish for width, wish in zip(widths, natural, strict=True))
    return None if lines > MOST_LINES or squeezed > MOST_SQUEEZED else widths


def _print_table(
    console: Console, section: Section, widths: list[int], titles: list[str], rows: list[list[str]]
) -> None:
    table = Table(
        box=box.SIMPLE_HEAD,
        show_header=any(titles),
        show_edge=False,
        pad_edge=False,
        header_style="dim",
        padding=(0, 1),
    )
    for at, (title, width) in enumerate(zip(titles, widths, strict=True)):
        numeric = all(isinstance(row[at], int | float) or row[at] is None for row in section.rows)
        table.add_column(_cell(title, width), justify="right" if numeric else "left", width=width, no_wrap=True)
    for row in rows:
        table.add_row(*(_cell(text, width) for text, width in zip(row, widths, strict=True)))
    console.print(table)


def _cell(text: str, width: int) -> Text:
    return Text("\n".join(wrapped(text, width)))


def _print_cards(console: Console, titles: list[str], rows: list[list[str]]) -> None:
    """One record under the other: what names it on the first line, the rest with its titles below."""
    for row in rows:
        _print_text(console, " · ".join(filter(None, row[:NAMING])))
        rest = [f"{title} {text}" for title, text in zip(titles[NAMING:], row[NAMING:], strict=True) if text]
        for line in wrapped(" · ".join(rest), console.width - len(INDENT)):
            console.print(Text(INDENT + line, style="dim"), no_wrap=True)


RENDERER = Renderer("text", _render)
