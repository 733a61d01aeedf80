"""What grading gives back: one row per customer, on what it rests, and the reason of each class in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from crmsheet.core.messages import N_, Message

if TYPE_CHECKING:
    import pandas as pd

TIERS = ("A", "B", "C")


_WINDOW = MappingProxyType(
    {
        "A": N_(
            "{revenue:,.0f} {currency} in {months} months, deals: {deals:,}; "
            "among the customers who bring the first {line_a} of revenue"
        ),
        "B": N_(
            "{revenue:,.0f} {currency} in {months} months, deals: {deals:,}; "
            "among the customers who bring the next share of revenue, {line_a} to {line_b}"
        ),
        "C": N_(
            "{revenue:,.0f} {currency} in {months} months, deals: {deals:,}; "
            "below the customers who bring {line_b} of revenue"
        ),
        "none": N_("no revenue in {months} months"),
        "negative": N_("more returned than bought in {months} months: {revenue:,.0f} {currency}"),
    }
)
_TOTALS = MappingProxyType(
    {
        "A": N_("{revenue:,.0f} {currency} in all: among the customers who bring the first {line_a} of revenue"),
        "B": N_(
            "{revenue:,.0f} {currency} in all: among the customers who bring the next share of revenue, "
            "{line_a} to {line_b}"
        ),
        "C": N_("{revenue:,.0f} {currency} in all: below the customers who bring {line_b} of revenue"),
        "none": N_("no revenue on record"),
        "negative": N_("more returned than bought: {revenue:,.0f} {currency}"),
    }
)
_LOCKED = N_("kept at {tier} because the grade is locked")


@dataclass(frozen=True, slots=True)
class Grades:
    """The classes of all active customers.

    `frame`  one row per active customer, ordered by rank: row_ (0 where the book has no customer sheet), key_, name,
             revenue (in `currency`), frequency (orders), recency_days, last_deal, r, f, m (1 to 5 or NA), segment
             (a key of `SEGMENTS`, or NA), tier, computed (the class without the lock), locked, part (of all revenue),
             share (cumulative, 0 to 1), rank (equal revenue, equal rank)
    `basis`  what the classes rest on; `notes` what was left out or should be known
    `source` "transactions", "totals" or "" (nothing to grade: the frame is empty)
    `windowed` whether only the deals of a number of months were counted
    `facts`  the figures of the policy, for the sentences
    """

    frame: pd.DataFrame
    basis: Message
    notes: tuple[Message, ...] = ()
    source: str = ""
    currency: str = ""
    windowed: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)

    def reason(self, tier: str, revenue: float, deals: object, locked: bool = False) -> Message:
        """Why a customer has a class.

        It names no day, rank or share, so it stays the same from night to night until the customer's own figures or
        class change: others' purchases do not rewrite a hundred thousand cells.
        """
        if locked:
            return Message(_LOCKED, {"tier": tier})
        shown = "negative" if revenue < 0 else tier if revenue > 0 else "none"
        template = (_WINDOW if self.windowed else _TOTALS)[shown]
        return Message(template, {**self.facts, "revenue": revenue, "currency": self.currency, "deals": deals})

    def reasons(self) -> Iterator[Message]:
        """The reason of each row of the frame, in order; rows with equal figures share one message."""
        frequency = self.frame["frequency"].astype("object")
        figures_of = self.frame.assign(frequency=frequency.where(frequency.notna(), None))
        names = ("tier", "revenue", "frequency", "locked")
        columns = (figures_of[name].to_numpy(dtype=object).tolist() for name in names)
        made: dict[tuple[object, ...], Message] = {}
        for figures in zip(*columns, strict=True):
            known = made.get(figures)
            if known is None:
                known = made[figures] = self.reason(*figures)
            yield known
