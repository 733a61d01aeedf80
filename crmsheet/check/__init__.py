"""Rules over values and over whole books."""

from crmsheet.check.cards import CARDS
from crmsheet.check.checking import Broken, Checked, all_rules, check_rules
from crmsheet.check.values import check_values

__all__ = ["CARDS", "Broken", "Checked", "all_rules", "check_rules", "check_values"]
