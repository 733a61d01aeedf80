"""Grading of customers: A/B/C by share of revenue, RFM scores and segments, each with its reason."""

from crmsheet.tier.changes import changes
from crmsheet.tier.grade import grade
from crmsheet.tier.grades import TIERS, Grades
from crmsheet.tier.rfm import SEGMENTS
from crmsheet.tier.sources import ASKED

__all__ = ["ASKED", "SEGMENTS", "TIERS", "Grades", "changes", "grade"]
