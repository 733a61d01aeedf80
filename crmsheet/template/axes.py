"""What a chart runs along: choices, the commonest words of a column, the last twelve months, or how due things are.

The commonest words are found without functions newer than Excel 2010: hidden cells list the different words of a
column in the order of their appearance and count them, and the visible ones take the largest. What is beyond is
"others", so that nothing is left out of a total.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from crmsheet.core.cells import Formula
from crmsheet.core.messages import N_, Message, Speech
from crmsheet.template.blueprint import Chart
from crmsheet.template.formulas import MONTH, Criteria, Formulas

_MONTHS = 12
_SHOWN, _DISCOVERED = 8, 12
_LOOKED_AT = 2_000
"""Records in which the different words of a column are looked for; all records are counted."""

_OTHERS = N_("Others")
_DUE: Mapping[str, str] = MappingProxyType(
    {"overdue": N_("Overdue"), "today": N_("Today"), "week": N_("Next 7 days"), "later": N_("Later")}
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the table behind a chart stands: letters of its label, its numbers and its two hidden columns."""

    label: str
    numbers: tuple[str, ...]
    hidden: tuple[str, str]
    top: int


@dataclass(frozen=True, slots=True)
class AxisRow:
    """A row of the table behind a chart; `form` is the number format of its label."""

    label: str | Formula
    numbers: tuple[Formula, ...]
    form: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """The rows of a chart, and the hidden cells that they need; `arrays` are formulas on whole ranges."""

    rows: tuple[AxisRow, ...]
    arrays: Mapping[str, Formula] = field(default_factory=dict)
    cells: Mapping[str, Formula] = field(default_factory=dict)


def axis_of(chart: Chart, formulas: Formulas, speech: Speech, today: dt.date, spot: Spot) -> Axis:
    """The axis of a chart, with the formulas that go to a spot."""
    column = formulas.places.column(chart.field)
    if chart.by == "choice":
        choices = formulas.places.field(chart.field).choices
        words = [each.labels[speech.lang] for each in choices]
        criteria: list[Criteria] = [((column, f"${spot.label}{row}"),) for row, _ in enumerate(words, spot.top + 1)]
    elif chart.by == "due":
        words = [speech.say(Message(each)) for each in _DUE.values()]
        criteria = [formulas.period(column, each) for each in _DUE]
    elif chart.by == "month":
        return Axis(tuple(_months(chart, formulas, today, spot, column)))
    else:
        return _commonest(chart, formulas, speech, spot, column)
    return Axis(tuple(AxisRow(*each) for each in zip(words, _counted(chart, formulas, criteria), strict=True)))


def _counted(chart: Chart, formulas: Formulas, criteria: Sequence[Criteria]) -> Iterator[tuple[Formula, ...]]:
    """The numbers of each row of a chart by its criteria."""
    for each in criteria:
        yield tuple(
            Formula(formulas.number(measure, each), "" if measure.kind == "average" else 0)
            for _, measure in chart.series
        )


def _months(chart: Chart, formulas: Formulas, today: dt.date, spot: Spot, column: str) -> Iterator[AxisRow]:
    rows = range(spot.top + 1, spot.top + 1 + _MONTHS)
    criteria = [((column, f'">="&${spot.label}{row}'), (column, f'"<"&EDATE(${spot.label}{row},1)')) for row in rows]
    for back, numbers in zip(range(_MONTHS - 1, -1, -1), _counted(chart, formulas, criteria), strict=True):
        month = today.year * 12 + today.month - 1 - back
        label = Formula(MONTH.format(months=-back), dt.date(month // 12, month % 12 + 1, 1))
        yield AxisRow(label, numbers, "yyyy-mm")


def _commonest(chart: Chart, formulas: Formulas, speech: Speech, spot: Spot, column: str) -> Axis:
    """The words with the largest numbers, the largest first, and the rest in one."""
    words, counts = spot.hidden
    first, last = spot.top + 1, spot.top + _DISCOVERED
    looked_at = formulas.places.column(chart.field, last=_LOOKED_AT)
    measure = chart.series[0][1]
    arrays, cells = {}, {}
    for row in range(first, last + 1):
        seen = f"COUNTIF({words}${spot.top}:{words}{row - 1},{looked_at})"
        arrays[f"{words}{row}"] = Formula(f'IFERROR(INDEX({looked_at},MATCH(0,{seen}+({looked_at}=""),0)),"")', "")
        number = formulas.number(measure, ((column, f"${words}{row}"),))
        # Of equals the first; LARGE passes over the texts of rows without a word.
        cells[f"{counts}{row}"] = Formula(f'IF({words}{row}="","",{number}-ROW()/10^9)', "")
    found, numbered = (f"${each}${first}:${each}${last}" for each in (words, counts))
    rows = []
    for rank in range(1, _SHOWN + 1):
        label = f'IFERROR(INDEX({found},MATCH(LARGE({numbered},{rank}),{numbered},0)),"")'
        at = f"${spot.label}{spot.top + rank}"
        numbers = tuple(
            Formula(f'IF({at}="","",{formulas.number(each, ((column, at),))})', "") for _, each in chart.series
        )
        rows.append(AxisRow(Formula(label, ""), numbers))
    rest = tuple(
        Formula(f"{formulas.number(each)}-SUM({letters}{first}:{letters}{spot.top + _SHOWN})", 0)
        for letters, (_, each) in zip(spot.numbers, chart.series, strict=True)
    )
    return Axis((*rows, AxisRow(speech.say(Message(_OTHERS)), rest)), arrays, cells)
