"""Names of companies: spelt as text, without the punctuation that ends a sentence; brackets stay as found."""

from __future__ import annotations

import re

from crmsheet.clean.normaliser import Normaliser
from crmsheet.clean.spelling import tidy
from crmsheet.clean.text import read_spelling, settled

_TRAILING = re.compile(r"[ 。；;，,、]+$")


def _spelt(text: str) -> str:
    return _TRAILING.sub("", tidy(text))


NORMALISER = Normaliser(kinds=("company",), cards=(), read=read_spelling(_spelt), canonical=settled(_spelt))
