"""Made-up books: realistic, messy, seeded, with known truth; for examples, tests and benchmarks."""

from crmsheet.sample.example import ENGLISH_SETTINGS, EXAMPLE_DAY, make_example
from crmsheet.sample.making import make_book
from crmsheet.sample.truth import Planted, TablePlace, Truth

__all__ = ["ENGLISH_SETTINGS", "EXAMPLE_DAY", "Planted", "TablePlace", "Truth", "make_book", "make_example"]
