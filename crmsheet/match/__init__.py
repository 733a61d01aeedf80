"""Same customer? Blocking, evidence, weight, groups, and the record that survives."""

from crmsheet.match.duplicates import Matches, find_duplicates
from crmsheet.match.evidence import CardLine, card
from crmsheet.match.merging import merges, unmergeable
from crmsheet.match.verdicts import RULES, GroupRow, findings, groups

__all__ = [
    "RULES",
    "CardLine",
    "GroupRow",
    "Matches",
    "card",
    "find_duplicates",
    "findings",
    "groups",
    "merges",
    "unmergeable",
]
