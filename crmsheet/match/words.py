"""Words that tell customers apart, and words that do not: `words.yaml` as patterns for RE2 (pyarrow) and `re`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Words:
    """Patterns are texts in the common part of RE2 and `re`."""

    legal_zh: str
    legal_en: str
    legal_leading: str
    legal_other: str
    branch_zh: str
    titles_zh: str
    titles_en: str
    titles_after: str
    region: str
    regions: tuple[str, ...]
    places_en: Mapping[str, str]
    surname: str
    compound: str
    foreign_person: str
    surname_readings: Mapping[str, str]
    name_readings: Mapping[str, str]
    trade: str
    common: frozenset[str]
    trades: Mapping[str, str]
    trade_words: Mapping[str, str]
    nicknames: Mapping[str, frozenset[int]]
    given_names: frozenset[str]
    streets: Mapping[str, str]
    nothing: frozenset[str]
    names: frozenset[str]
    phones: frozenset[str]
    domains: frozenset[str]
    mailboxes: frozenset[str]
    office_mail: frozenset[str]
    genders: Mapping[str, str]


@lru_cache(maxsize=1)
def words() -> Words:
    """The shipped words."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the pure one takes as long as matching a small book
    found = yaml.load(files(__package__).joinpath("words.yaml").read_text("utf-8"), loader)  # noqa: S506  (both are safe)
    compound = found["compound_surnames"].split()
    return Words(
        legal_zh=_any(found["legal_zh"]),
        legal_en=_any(found["legal_en"]),
        legal_leading=_any(found["legal_leading"]),
        legal_other=_any(found["legal_other"]),
        branch_zh=_any(found["branch_zh"]),
        titles_zh=_any(found["titles_zh"]),
        titles_en=_any(found["titles_en"]),
        titles_after=_any(found["titles_after"]),
        region=_any(regions := found["regions"].split()),
        regions=tuple(regions),
        places_en=found["places_en"],
        compound=_any(compound),
        foreign_person=_foreign_person(found),
        surname=f"(?:{_any(compound)}|[{found['surnames']}])",
        surname_readings=found["surname_readings"],
        name_readings=found["name_readings"],
        trade=_trade(found),
        common=frozenset(found["common_words"].split()) | {*found["trades"], *_english_trades(found)},
        trades=found["trades"],
        trade_words=found["trade_words"],
        nicknames=(nicknames := _groups(found["nicknames"])),
        given_names=frozenset(found["given_names"].split()) | nicknames.keys(),
        streets=found["street_words"],
        nothing=frozenset(found["nothing"]),
        names=frozenset(map(str, found["placeholder_names"])),
        phones=frozenset(found["placeholder_phones"]),
        domains=frozenset(found["placeholder_domains"]),
        mailboxes=frozenset(found["placeholder_mailboxes"]),
        office_mail=frozenset(found["office_mail"]),
        genders=found["genders"],
    )


def _foreign_person(found: Mapping[str, Any]) -> str:
    """Names of people in Japanese (a space behind the surname), Korean and Cyrillic."""
    japanese = r"\p{Han}{1,3} [\p{Han}\p{Hiragana}\p{Katakana}]{1,4}"
    korean = f"[{found['surnames_ko']}] ?[가-힣]{{1,2}}"
    russian = rf"(?:\p{{Cyrillic}}+ )*\p{{Cyrillic}}{{2,}}{_any(found['endings_ru'])}(?: \p{{Cyrillic}}+)*"
    return f"^(?:{japanese}|{korean}|{russian})$"


def _trade(found: Mapping[str, Any]) -> str:
    """What says what a company does, and not which it is."""
    letters = _any(_english_trades(found) - {"and", "e", "new"})
    return rf"(?:{_any(found['trades'])}|\b{letters}\b)"


def _english_trades(found: Mapping[str, Any]) -> set[str]:
    return {word for each in found["trades"].values() for word in each.split()} | {*found["trade_words"].values()}


def _groups(lines: Iterable[str]) -> dict[str, frozenset[int]]:
    """Word -> the numbers of the lines that hold it."""
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(lines):
        for word in line.split():
            groups.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


def _any(of: Iterable[str]) -> str:
    """An alternation, the longest first, so that 有限责任公司 is not cut to 公司."""
    return "(?:" + "|".join(re.escape(each) for each in sorted(of, key=lambda word: (-len(word), word))) + ")"
