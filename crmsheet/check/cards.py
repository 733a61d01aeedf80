"""The cards of the rules on whole books."""

from __future__ import annotations

from crmsheet.check.checking import all_rules

CARDS = tuple(rule.card for rule in all_rules().values())
