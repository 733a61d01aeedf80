"""Words that tell customers apart, and words that do not: `words.yaml` as patterns for RE2 (pyarrow) and `re`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Words:
    """Patterns are texts in the common part of RE2 and `re`; `traditional` maps code points to simplified ones."""

    legal_zh: str
    legal_en: str
    branch_zh: str
    titles_zh: str
    titles_en: str
    region: str
    surname: str
    traditional: Mapping[int, str]
    streets: Mapping[str, str]
    names: frozenset[str]
    phones: frozenset[str]
    domains: frozenset[str]
    mailboxes: frozenset[str]


@lru_cache(maxsize=1)
def words() -> Words:
    """The shipped words."""
    found = yaml.safe_load(files(__package__).joinpath("words.yaml").read_text("utf-8"))
    compound = found["compound_surnames"].split()
    return Words(
        legal_zh=_any(found["legal_zh"]),
        legal_en=_any(found["legal_en"]),
        branch_zh=_any(found["branch_zh"]),
        titles_zh=_any(found["titles_zh"]),
        titles_en=_any(found["titles_en"]),
        region=_any(found["regions"].split()),
        surname=f"(?:{_any(compound)}|[{found['surnames']}])",
        traditional={ord(pair[0]): pair[1] for pair in found["simplified_pairs"].split()},
        streets=found["street_words"],
        names=frozenset(map(str, found["placeholder_names"])),
        phones=frozenset(found["placeholder_phones"]),
        domains=frozenset(found["placeholder_domains"]),
        mailboxes=frozenset(found["placeholder_mailboxes"]),
    )


def _any(of: Iterable[str]) -> str:
    """An alternation, the longest first, so that 有限责任公司 is not cut to 公司."""
    return "(?:" + "|".join(re.escape(each) for each in sorted(of, key=lambda word: (-len(word), word))) + ")"
