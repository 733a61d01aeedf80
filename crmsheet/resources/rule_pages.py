"""The cards of all rules as one file, made from the rules themselves: `explain` need not load the rooms that run them.

`make golden` writes it; a house test holds that it says what the rules say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from crmsheet.core.findings import Severity
from crmsheet.core.rules import RuleCard

PAGES = Path(__file__).parent / "rules.json"


def rule_cards() -> Mapping[str, RuleCard]:
    """The cards of all rules by their codes, in order."""
    kept = json.loads(PAGES.read_text("utf-8"))
    cards = (
        RuleCard(each["code"], Severity[each["severity"]], each["title"], each["page"], each.get("recovery", ""))
        for each in kept
    )
    return MappingProxyType({card.code: card for card in cards})


def as_pages(cards: Iterable[RuleCard]) -> str:
    """The content of that file."""
    kept = [
        {
            "code": card.code,
            "severity": card.severity.name,
            "title": card.title,
            **({"recovery": card.recovery} if card.recovery else {}),
            "page": "\n\n".join(f"**{word}** {text}" for word, text in card.aspects.items()),
        }
        for card in cards
    ]
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
