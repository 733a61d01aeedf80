"""Names of companies: spelt as text, without the punctuation that ends a sentence; brackets stay as found."""

from __future__ import annotations

import re

from crmsheet.clean.normaliser import Normaliser
from crmsheet.clean.spelling import tidy, visible
from crmsheet.clean.text import read_spelling, settled

_TRAILING = re.compile(r"[\s。；;，,、]+$")


def _spelt(text: str) -> str:
    return tidy(_TRAILING.sub("", visible(text)))


def _quick(name: str) -> bool:
    return name[-1] not in "。；;，,、"


NORMALISER = Normaliser(kinds=("company",), cards=(), read=read_spelling(_spelt), canonical=settled(_quick))
