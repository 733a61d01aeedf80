"""What can become of damaged values: how many come back, how many must be verified, and whom to ask for the lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crmsheet.core.book import Book, Table
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Section
from crmsheet.core.rules import LOST, RECOVERABLE, VERIFY, RuleCard
from crmsheet.core.schema import Schema
from crmsheet.report.words import label, plain

VERDICTS: Mapping[str, str] = {
    RECOVERABLE: N_("can be brought back"),
    VERIFY: N_("to be verified"),
    LOST: N_("lost"),
}
"""The verdicts in words, from the best to the worst."""
_SAID: Mapping[str, str] = {
    RECOVERABLE: N_("{count:,} can be brought back"),
    VERIFY: N_("{count:,} are to be verified"),
    LOST: N_("{count:,} are lost"),
}
_DAMAGED = N_("Damaged values: {verdicts}.")
_ASK = N_("To ask the customers for")
_OWNER, _CUSTOMER, _FIELD, _THERE, _PLACE = N_("Owner"), N_("Customer"), N_("Column"), N_("What is there"), N_("Place")
_NOBODY = N_("(no owner)")
_FURTHER = N_("{count:,} more; `-f json` lists them all")


def with_verdicts(findings: Findings, cards: Mapping[str, RuleCard]) -> Findings:
    """The findings, each with its verdict: what has a fix of its spelling comes back, the rest by its rule."""
    of_rule = {code: card.recovery for code, card in cards.items()}
    columns = (findings.column(name) for name in ("rule", "fix"))
    return findings.replaced(
        recovery=[
            RECOVERABLE if fix is not None and fix.effect == "spelling" else of_rule.get(rule, "")
            for rule, fix in zip(*columns, strict=True)
        ]
    )


def counts(findings: Findings) -> dict[str, int]:
    """How many findings have each verdict; all three, also those without any."""
    found = findings.counts("recovery")
    return {verdict: found[verdict] for verdict in VERDICTS}


def sentence(findings: Findings) -> tuple[Text, ...]:
    """The counts in a sentence, or nothing where no value is damaged."""
    said = [Message(_SAID[verdict], {"count": count}) for verdict, count in counts(findings).items() if count]
    return (Message(_DAMAGED, {"verdicts": chained(said, N_("; "))}),) if said else ()


def sections(findings: Findings, book: Book, schema: Schema, top: int | None = 10) -> tuple[Section, ...]:
    """The call list: one row per lost value, by owner and customer; at most `top`.

    Values and names are those of the findings and of the book: `fields` tells a mask what the columns show; what is
    there must be masked in the findings before.
    """
    rows = sorted(_lost(findings, book, schema), key=lambda row: tuple(map(str, row[:2])))
    if not rows:
        return ()
    told = tuple((owner or Message(_NOBODY), *rest) for owner, *rest in rows[:top])
    left = len(rows) - len(told)
    note = Message(_FURTHER, {"count": left}) if left else None
    titles = tuple(map(Message, (_OWNER, _CUSTOMER, _FIELD, _THERE, _PLACE)))
    return (Section(Message(_ASK), titles, told, note, name="ask"),)


def _lost(findings: Findings, book: Book, schema: Schema) -> Iterator[tuple[Any, ...]]:
    """Owner, customer, field, what is there and where, of each lost value."""
    lost = findings.where([each == LOST for each in findings.column("recovery")])
    customers = _Customers(book)
    for each in lost:
        table = book.tables.get(each.table)
        if table is None or not each.row:
            continue
        owner, name = customers.of(table, each.row, each.key)
        sheet, row, letters = table.place(each.row, each.column)
        yield owner, name, label(schema, each.table, each.field), each.value, f"{sheet}!{letters}{row}"


@dataclass(frozen=True)
class _Customers:
    """Whose records are whose: the owner and the name of a customer, from any table."""

    book: Book

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        """Key of a customer -> row."""
        mine = self.book.tables.get("customers")
        if mine is None:
            return {}
        return dict(zip(mine.keys().tolist(), mine.cells.index.tolist(), strict=True))

    def of(self, table: Table, row: int, key: str) -> tuple[str, str]:
        """Owner and customer of a record, by what its own row says and by the customer that it refers to."""
        customer = key if table.name == "customers" else _said(table, row, "customer_id")
        if table.name != "customers" and customer in self._rows:
            table, row = self.book.tables["customers"], self._rows[customer]
        name = _said(table, row, "name") if table.name == "customers" else _said(table, row, "customer_name")
        return _said(table, row, "owner"), f"{customer} {name}".strip()


def _said(table: Table, row: int, name: str) -> str:
    """The value of a field in a row as text, '' for none."""
    return str(plain(table.values.at[row, name]) or "") if name in table.values else ""
