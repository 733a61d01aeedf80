"""Every rule card of the building, by code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crmsheet import schema
from crmsheet.check.cards import CARDS as CHECK_CARDS
from crmsheet.clean.columns import cards as clean_cards
from crmsheet.core.rules import RuleCard
from crmsheet.match.across import RULES as ACROSS_CARDS
from crmsheet.match.verdicts import RULES as MATCH_CARDS


def cards() -> Mapping[str, RuleCard]:
    """All cards.

    Raises:
        ValueError: two rules have one code.
    """
    found: dict[str, RuleCard] = {}
    for card in (*schema.CARDS, *clean_cards(), *CHECK_CARDS, *MATCH_CARDS, *ACROSS_CARDS):
        if card.code in found:
            raise ValueError(f"two rules have the code {card.code}")
        found[card.code] = card
    return MappingProxyType(dict(sorted(found.items())))
