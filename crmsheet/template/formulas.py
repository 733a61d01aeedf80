"""Measures as formulas that Excel 2010, WPS and LibreOffice know; none of them shows an error on an empty book."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from crmsheet.core.schema import Field
from crmsheet.template.blueprint import Figure, Measure
from crmsheet.template.places import Places

Criteria: TypeAlias = tuple[tuple[str, str], ...]
"""Ranges and the criteria on them, both as formulas write them."""

MONTH = "EDATE(DATE(YEAR(TODAY()),MONTH(TODAY()),1),{months})"
_RETIRED = ("merged", "archived")
_YES_NO: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"yes": {"zh": "是", "en": "Yes"}, "no": {"zh": "否", "en": "No"}}
)
_PERIODS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "overdue": ('">0"', '"<"&TODAY()'),
        "today": ('">="&TODAY()', '"<"&TODAY()+1'),
        "week": ('">="&TODAY()+1', '"<"&TODAY()+8'),
        "later": ('">="&TODAY()+8',),
        "this_month": (f'">="&{MONTH.format(months=0)}', f'"<"&{MONTH.format(months=1)}'),
        "this_year": ('">="&DATE(YEAR(TODAY()),1,1)', '"<"&DATE(YEAR(TODAY())+1,1,1)'),
        "last_30_days": ('">="&TODAY()-29', '"<"&TODAY()+1'),
        "next_60_days": ('">="&TODAY()', '"<"&TODAY()+61'),
    }
)


@dataclass(frozen=True, slots=True)
class Formulas:
    """Writes the formulas of one book; `currency` is the cell that says which currency the money is in."""

    places: Places
    currency: str = ""

    def figure(self, figure: Figure) -> str:
        """The formula of a card; a share is empty while there is nothing to share."""
        text = self.number(figure.measure)
        if figure.less is not None:
            text = f"({text}-({self.number(figure.less)}))"
        if figure.over is not None:
            scale = "*100" if figure.form == "net" else ""
            return f'IFERROR(({text})/({self.number(figure.over)}){scale},"")'
        return text

    def number(self, measure: Measure, also: Criteria = ()) -> str:
        """The formula of a measure, on the records that fulfil `also` besides."""
        if measure.kind == "average":
            counted = Measure("count", measure.table, "", measure.where, measure.when)
            numbers = ((self._column(measure, measure.field), '">-1E+99"'),)
            total = self._sum(measure, also)
            return f'IFERROR(({total})/({self.number(counted, (*also, *numbers))}),"")'
        if measure.kind == "sum":
            return self._sum(measure, also)
        head = self._column(measure, self.places.plan(measure.table).head)
        terms = ((*each, *also) for each in self._terms(measure))
        return "+".join(f"COUNTIFS({_listed(((head, _text('<>')), *each))})" for each in terms)

    def period(self, column: str, period: str) -> Criteria:
        """The criteria of a period on a column of dates."""
        return tuple((column, each) for each in _PERIODS[period])

    def _sum(self, measure: Measure, also: Criteria) -> str:
        summed = self._column(measure, measure.field)
        head = self._column(measure, self.places.plan(measure.table).head)
        terms = ((*each, *money, *also) for each in self._terms(measure) for money in self._in_currency(measure))
        return "+".join(f"SUMIFS({summed},{_listed(((head, _text('<>')), *each))})" for each in terms)

    def _in_currency(self, measure: Measure) -> Iterable[Criteria]:
        """Currencies are never added up: the one of the book, and amounts that name none."""
        table = measure.table
        if self.places.field(f"{table}.{measure.field}").kind != "money" or not self.places.has(table, "currency"):
            return ((),)
        column = self._column(measure, "currency")
        return ((column, self.currency),), ((column, '""'),)

    def _terms(self, measure: Measure) -> Iterable[Criteria]:
        """The criteria of each combination of wanted values; their records do not overlap."""
        columns = [self._column(measure, name) for name, _ in measure.where]
        fields = [self.places.field(f"{measure.table}.{name}") for name, _ in measure.where]
        fixed = [*self._retired(measure)]
        for name, period in measure.when:
            fixed += self.period(self._column(measure, name), period)
        for values in itertools.product(*(values for _, values in measure.where)):
            chosen = [self._criterion(*each) for each in zip(fields, values, strict=True)]
            yield (*zip(columns, chosen, strict=True), *fixed)

    def _retired(self, measure: Measure) -> Criteria:
        """Merged and archived records stay in the sheet, and do not count."""
        if not self.places.has(measure.table, "record_status"):
            return ()
        labels = {each.code: each.labels for each in self.places.field(f"{measure.table}.record_status").choices}
        column = self._column(measure, "record_status")
        return tuple((column, _text("<>" + labels[code][self.places.lang])) for code in _RETIRED if code in labels)

    def _criterion(self, field: Field, value: str) -> str:
        """A code as its label in the book, `empty`, or a comparison as it stands."""
        lang = self.places.lang
        label = next((each.labels[lang] for each in field.choices if each.code == value), None)
        if label is None and value in _YES_NO:
            label = _YES_NO[value][lang]
        return _text("" if value == "empty" else label or value)

    def _column(self, measure: Measure, field: str) -> str:
        return self.places.column(f"{measure.table}.{field}")


def _listed(criteria: Criteria) -> str:
    return ",".join(itertools.chain.from_iterable(criteria))


def _text(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
