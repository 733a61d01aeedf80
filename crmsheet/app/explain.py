"""What a rule finds, why it matters, and what crmsheet does about it."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping

from crmsheet.core.errors import RuleUnknown
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.rules import ASPECTS, RuleCard
from crmsheet.report.problems import SEVERITIES
from crmsheet.resources import rule_cards

PREFIX = "CRM"
_BAD: Mapping[Severity, str] = {
    Severity.error: N_("A finding of this rule is an error."),
    Severity.warning: N_("A finding of this rule is a warning."),
    Severity.info: N_("A finding of this rule is a note."),
}
_GROUPS: Mapping[str, str] = {
    "1": N_("Structure of the book"),
    "2": N_("Single values"),
    "3": N_("Identity and duplicates"),
    "4": N_("Relations between sheets"),
    "5": N_("Follow-up and dates"),
    "6": N_("Privacy and safety"),
}
_LISTED = tuple(map(Message, (N_("Rule"), N_("Severity"), N_("About"))))
_MORE = N_("`crmsheet explain {example}` explains one of them.")
_NEAR, _ALL = N_("Did you mean {near}? `crmsheet explain` lists all rules."), N_("`crmsheet explain` lists all rules.")
_NEAREST = 3


def explain(text: str = "") -> Outcome:
    """The page of the rule that a text names (CRM203, crm203 or 203), or without a text the list of all rules.

    Raises:
        RuleUnknown: there is none; with the nearest ones.
    """
    cards = rule_cards()
    if not text:
        notes = (Message(_MORE, {"example": "CRM203"}),)
        return Outcome("explain", f"{min(cards)}-{max(cards)}", sections=tuple(_listed(cards)), notes=notes)
    card = _named(cards, text)
    sections = tuple(
        Section(Message(ASPECTS[word]), (), (), Message(paragraph), name=word.lower())
        for word, paragraph in card.aspects.items()
    )
    return Outcome("explain", card.code, sections=sections, notes=(Message(card.title), Message(_BAD[card.severity])))


def _named(cards: Mapping[str, RuleCard], text: str) -> RuleCard:
    code = unicodedata.normalize("NFKC", text).strip().upper()
    code = PREFIX + code.removeprefix(PREFIX).lstrip("-_ ")
    if code not in cards:
        near = ", ".join(_nearest(code, cards))
        raise RuleUnknown(code=text.strip(), advice=Message(_NEAR if near else _ALL, {"near": near}))
    return cards[code]


def _nearest(code: str, cards: Mapping[str, RuleCard]) -> list[str]:
    """Rules with the nearest numbers where the text is a number, else the most alike codes."""
    number = code.removeprefix(PREFIX)
    if number.isascii() and number.isdecimal():
        order = sorted(cards, key=lambda each: abs(int(each.removeprefix(PREFIX)) - int(number)))
    else:
        order = difflib.get_close_matches(code, cards, _NEAREST)
    return sorted(order[:_NEAREST])


def _listed(cards: Mapping[str, RuleCard]) -> list[Section]:
    """The rules by what they are about."""
    return [
        Section(
            Message(title),
            _LISTED,
            tuple(
                (card.code, Message(SEVERITIES[card.severity]), Message(card.title))
                for card in cards.values()
                if card.code.removeprefix(PREFIX).startswith(digit)
            ),
            name=f"crm{digit}xx",
        )
        for digit, title in _GROUPS.items()
    ]
