"""The evidence card of two records: field by field what each says, what that is worth, and the sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Section

BANDS = ("sure", "review", "different")
_BAND = {
    "sure": N_("{left} and {right} are surely the same (weight {weight}; from {sure} on a pair may be sure)."),
    "review": N_(
        "{left} and {right} may be the same and go to review (weight {weight}; from {review} on it is asked)."
    ),
    "different": N_("{left} and {right} are not taken for the same (weight {weight}; from {review} on it is asked)."),
}
_DECIDED = {
    "same": N_("{who} decided that they are the same ({at}); that holds, whatever the weight."),
    "different": N_("{who} decided that they are different ({at}); that holds, whatever the weight."),
    "later": N_("{who} put the decision off ({at})."),
}
_SOMEBODY = N_("Somebody")
_VETO = N_("It contradicts: {vetoes}. So they are never sure, whatever else agrees.")
_UNPROVEN = N_("The weight would do, but what agrees is too little proof: a sure pair needs evidence of several kinds.")
_GROUP = N_("By themselves they would be sure, but another record of their group contradicts one of them.")
_LOW = N_("Too little agrees, or too much differs.")
_RETIRED = N_("{key} is merged or archived already and takes no part in the search; it is compared here all the same.")
_TITLE = N_("Evidence, in bits: one bit more doubles the odds")
_FIELD, _RESULT, _BITS = N_("Compared"), N_("Result"), N_("Bits")
_PRIOR = N_("any two of {rows:,} rows")
_REPEATED = N_("same kind, counted once")
_RELATED = N_("shared in one house")
_TOTAL = N_("sum")


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two records as it is shown: both values, what came of it, and the bits."""

    what: Text
    left: Any
    right: Any
    said: Text
    bits: float


@dataclass(frozen=True, slots=True)
class Card:
    """Two records, their names and what they are called in short, and all that speaks for and against them being one.

    `band` is what came of it; `decision` (verdict, who, when) what somebody said; `torn` that a contradiction in their
    group sent a sure pair to review; `retired` the keys of records that take no part in the search.
    """

    names: tuple[str, str]
    short: tuple[str, str]
    band: str
    lines: Sequence[Compared]
    rows: int
    prior: float
    repeated: float
    related: float
    weight: float
    bounds: tuple[float, float]
    vetoes: Sequence[Text] = ()
    unproven: bool = False
    torn: bool = False
    decision: tuple[str, str, str] | None = None
    retired: Sequence[str] = ()


def notes(card: Card) -> tuple[Text, ...]:
    """The verdict, and what decided it."""
    left, right = card.names
    sure, review = card.bounds
    facts = {
        "left": left,
        "right": right,
        "weight": _bits(card.weight).lstrip("+"),
        "sure": f"{sure:g}",
        "review": f"{review:g}",
    }
    return (Message(_BAND[card.band], facts), *_why(card))


def _why(card: Card) -> Iterator[Text]:
    if card.decision:
        verdict, who, at = card.decision
        yield Message(_DECIDED[verdict], {"who": who or Message(_SOMEBODY), "at": at or "?"})
    if card.vetoes:
        yield Message(_VETO, {"vetoes": chained(card.vetoes, N_(", "))})
    if card.unproven:
        yield Message(_UNPROVEN)
    if card.torn:
        yield Message(_GROUP)
    if card.band == "different" and card.weight < card.bounds[1]:
        yield Message(_LOW)
    for key in card.retired:
        yield Message(_RETIRED, {"key": key})


def section(card: Card) -> Section:
    """The card as a table: the fields, then how their bits add up."""
    rows: list[tuple[Any, ...]] = [
        (each.what, each.left or None, each.right or None, each.said, _bits(each.bits)) for each in card.lines
    ]
    rows.append((Message(_PRIOR, {"rows": card.rows}), None, None, None, _bits(card.prior)))
    for template, bits in ((_REPEATED, card.repeated), (_RELATED, card.related)):
        if round(bits, 1):
            rows.append((Message(template), None, None, None, _bits(bits)))
    rows.append((Message(_TOTAL), None, None, None, _bits(card.weight)))
    titles = (Message(_FIELD), *card.short, Message(_RESULT), Message(_BITS))
    return Section(Message(_TITLE), titles, tuple(rows), name="evidence")


def _bits(value: float) -> str:
    """Bits with their sign: +13.3, -1.5, 0."""
    return f"{value:+.1f}" if round(value, 1) else "0"
