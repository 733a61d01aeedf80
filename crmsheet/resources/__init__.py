"""Shipped schemas, templates and words."""

from crmsheet.resources.files import shipped
from crmsheet.resources.words import LANGUAGES, speech

__all__ = ["LANGUAGES", "shipped", "speech"]
