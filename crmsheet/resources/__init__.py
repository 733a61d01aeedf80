"""Shipped schemas, templates, words, and the pages of rules."""

from crmsheet.resources.files import shipped
from crmsheet.resources.rule_pages import rule_cards
from crmsheet.resources.words import LANGUAGES, speech

__all__ = ["LANGUAGES", "rule_cards", "shipped", "speech"]
