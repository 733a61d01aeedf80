"""Names taken apart: a company into core, region and branch; a person into words without titles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA

from crmsheet.match.texts import extracted, filled, fold, listed, mapped_tokens, plain, sorted_tokens, without
from crmsheet.match.weights import Level
from crmsheet.match.words import words


@dataclass(frozen=True, slots=True)
class Names:
    """Features of distinct names, all of one length; '' where a name has no such part, null where it is no name.

    `full` folded · `core` without legal form, region and branch (for a person the same as `full`, words sorted) ·
    `region` 北京 · `branch` 上海分公司 · `note` what stands in brackets behind a name in letters, a place or a house ·
    `person` whether it is a person's
    """

    full: pa.Array
    core: pa.Array
    region: pa.Array
    branch: pa.Array
    note: pa.Array
    person: pa.Array


def take_apart(texts: pa.Array, kinds: pa.Array, *, people: bool = False) -> Names:
    """Features of names; `kinds` says `person`, `company` or null for each, as the book does.

    In a book of `people` a name of unknown kind is a person's unless it looks like a company's.
    """
    folded = fold(texts)
    company = _companies(_unless(pc.equal(kinds, "person"), folded))
    written = pc.match_substring_regex(folded, r"[^\p{Han}\d\p{P}\p{Z}\p{S}]")
    bare = persons(_unless(pc.and_(pc.equal(kinds, "company"), pc.invert(written)), folded))
    guessed = _guessed(folded, bare, company.branch, pc.is_null(kinds), people=people)
    person = pc.fill_null(pc.if_else(pc.is_null(kinds), guessed, pc.equal(kinds, "person")), False)
    nothing = pa.scalar("", texts.type)
    return Names(
        full=pc.if_else(person, bare, company.full),
        core=pc.if_else(person, bare, company.core),
        region=pc.if_else(person, nothing, company.region),
        branch=pc.if_else(person, nothing, company.branch),
        note=pc.if_else(person, nothing, company.note),
        person=person,
    )


def _unless(mask: pa.Array, texts: pa.Array) -> pa.Array:
    """The texts that need a look: what is known to be something else is null."""
    return pc.if_else(pc.fill_null(mask, False), pa.scalar(None, texts.type), texts)


def _guessed(folded: pa.Array, bare: pa.Array, branch: pa.Array, asked: pa.Array, *, people: bool) -> pa.Array:
    """Whether each name is likely a person's, of those that are asked for; the others tell what the book is about."""
    every, text = pc.fill_null(bare, ""), pc.fill_null(plain(folded), "")
    maybe = pc.match_substring_regex(every, r"^[^\d\p{Han}]+( [^\d\p{Han}]+){0,4}$")
    maybe = pc.and_(maybe, pc.invert(_like_a_company(text)))
    likely = _likely(*(pc.if_else(asked, each, "") for each in (pc.fill_null(folded, ""), text, every)))
    guessed = pc.and_(likely, pc.equal(branch, ""))
    people = people or _of_people(pc.filter(every, maybe))
    return pc.or_(guessed, maybe) if people else guessed


def _likely(folded: pa.Array, text: pa.Array, bare: pa.Array) -> pa.Array:
    """Whether each name has the form of a person's or a title."""
    said = words()
    titled = pc.not_equal(bare, text)
    likely = pc.match_substring_regex(bare, f"^{said.surname}\\p{{Han}}{{1,2}}$")
    legal = rf"\b(?:{said.legal_en})\b"  # Fox & Sons LLC is no Mr. Fox
    trading_en = pc.match_substring_regex(pc.fill_null(plain(folded), ""), legal)
    short = pc.and_(pc.less_equal(pc.utf8_length(bare), 4), pc.invert(trading_en))
    addressed = pc.match_substring_regex(folded, rf"^{said.titles_en}\.? ")
    trading = pc.match_substring_regex(bare, f"{said.trade}|{said.legal_zh}")
    foreign = pc.and_(pc.match_substring_regex(folded, said.foreign_person), pc.invert(trading))
    return pc.or_(pc.or_(likely, addressed), pc.or_(foreign, pc.and_(titled, short)))


def _like_a_company(texts: pa.Array) -> pa.Array:
    said = words()
    english = "|".join(sorted({*said.trades.values(), *said.trade_words} - {"st", "e", "y", "i", "en", "et"}))
    return pc.match_substring_regex(texts, rf"\b(?:{said.legal_en}|{english}|and|the|of)\b|{said.legal_other}|\d")


def _of_people(names: pa.Array) -> bool:
    """Whether these names in letters are people's: one in five has a well-known first name."""
    several = pc.filter(names, pc.match_substring(names, " "))
    if len(several) < _ENOUGH:
        return False
    every = pc.split_pattern(several, " ")
    known = pc.is_in(pc.list_flatten(every), value_set=pa.array(sorted(words().given_names), names.type))
    return len(pc.unique(pc.filter(pc.list_parent_indices(every), known))) >= len(several) / 5


_ENOUGH = 10
"""Names from which the kind of a book is guessed."""


def persons(folded: pa.Array) -> pa.Array:
    """People's names without notes and titles, words sorted: 李经理(采购) is 李, Mr. John Smith is john smith."""
    said = words()
    long = said.titles_zh
    bare = without(without(folded, r"[(\[【].*?[)\]】]"), r"^(?:客户|联系人)\s*[-:：]\s*")
    bare = without(without(bare, r"\s*[/、;|&].*$"), r"\s*\*[^*]*\*\s*$")  # and the spouse; *VIP*
    bare = without(bare, r"\s+[-–—]\s+.*$")
    bare = pc.replace_substring_regex(bare, r"^(\p{Han}{2,4})\s*[-–—_].*$", r"\1")
    bare = without(plain(bare), f"^(?:{said.titles_en} )+")
    bare = without(bare, f"(?: {said.titles_after})+$")
    short = pc.replace_substring_regex(bare, f"^({said.surname})(?:{long})$", r"\1")
    short = pc.replace_substring_regex(short, f"^[老小阿]({said.surname})$", r"\1")
    stripped = pc.replace_substring_regex(short, f"^(\\p{{Han}}{{2,4}}?)(?:{_of_two(long)})$", r"\1")
    return _real(sorted_tokens(stripped))


def _of_two(titles: str) -> str:
    """The titles of two characters and more: the last character of 陈建工 is no title."""
    return "|".join(each for each in titles[3:-1].split("|") if len(each) > 1)


def _real(names: pa.Array) -> pa.Array:
    """The names, with null for those that stand in for one: 测试, test 2, 散客."""
    trial = pc.match_substring_regex(names, r"^(?:测试|test|demo).{0,3}$")
    fake = pc.fill_null(pc.or_(trial, listed(names, words().names)), False)
    return filled(pc.if_else(fake, pa.scalar("", names.type), names))


def _companies(folded: pa.Array) -> Names:
    said = words()
    folded = pc.replace_substring_regex(folded, rf"({said.legal_zh})\s*[-–—_/|,;].{{1,12}}$", r"\1")  # -重点
    full = _real(plain(folded))
    bracketed = extracted(folded, rf"[(\[](?P<x>{said.region})[省市]?[)\]]")
    shop = extracted(folded, rf"\((?P<x>[^()]*(?:店|{said.branch_zh}|校区|院区))\)\s*$")
    note = extracted(folded, r"^[^\p{Han}]*\((?P<x>[^()\p{Han}]{2,})\)\s*$")
    note = pc.if_else(pc.match_substring_regex(note, f"^{said.legal_en}$"), "", note)
    text = plain(without(without(folded, rf"[(\[]{said.region}[省市]?[)\]]"), r"\([^()]*\)\s*$"))
    text = pc.fill_null(text, "")
    behind = extracted(text, rf"{said.legal_zh}(?P<x>\p{{Han}}*(?:{said.branch_zh}|店))$")
    plainly = extracted(text, rf"(?P<x>(?:{said.region}|第.{{1,2}}|[东西南北])?[省市]?{said.branch_zh})$")
    english = extracted(text, r"\b(?P<x>(?:\w+ )?branch)$")
    branch = _first(shop, behind, plainly, english)
    text = pc.replace_substring_regex(text, rf"({said.legal_zh})\p{{Han}}{{1,12}}(?:{said.branch_zh}|店)$", r"\1")
    text = without(text, rf"(?:{said.region}|第.{{1,2}}|[东西南北])?[省市]?{said.branch_zh}$")
    leading = extracted(text, rf"^(?P<x>{said.region})(?:[省市]|自治区)?.{{2}}")
    text = without(without(text, rf"(?:{said.legal_zh}|{said.legal_other})+$"), rf"^(?:the |{said.legal_other})")
    text = without(text, rf"(?: (?:{said.legal_en}|and))+$")
    text = _without_region(without(text, rf"^{said.legal_leading} "), said.region)
    text = mapped_tokens(without(text, r"^the | the$"), said.trade_words)
    text = pc.replace_substring_regex(text, r" and( |$)", r"\1")
    core = filled(pc.if_else(pc.is_null(full), pa.scalar("", full.type), text))
    return Names(full, core, _first(bracketed, leading), branch, note, pc.is_null(full))


def _without_region(texts: pa.Array, region: str) -> pa.Array:
    """The texts without a leading region, where two characters are left to know the company by."""
    return pc.replace_substring_regex(texts, rf"^(?:{region}(?:[省市]|自治区)?)+(.{{2}})", r"\1")


def _first(*of: pa.Array) -> pa.Array:
    """The first text that is not ''."""
    out = of[-1]
    for each in reversed(of[:-1]):
        out = pc.if_else(pc.equal(each, ""), out, each)
    return out


def person_level(left: str, right: str, known: frozenset[str] = frozenset()) -> Level:
    """How two folded names of people agree; the same both ways round.

    `known` are words that others are called by: two of them that look alike are two names, and no slip of the pen.
    """
    if left == right:
        return Level.same
    ours, theirs = left.split(), right.split()
    if _letters(ours, theirs):
        return Level.variant
    if len(ours) > len(theirs) or (len(ours) == len(theirs) and left > right):
        ours, theirs = theirs, ours
    spelt = [word for word in theirs if len(word) > 1]
    found = _aligned(ours, spelt if len(ours) <= len(spelt) < len(theirs) else theirs, known)
    if found > Level.close:
        found = min(found, *(_aligned(*each, known) for each in _spaced(ours, theirs)), found)
    if len(ours) == len(theirs):
        return found
    if found is Level.same and len(ours) > 1 and all(len(word) == 1 for word in set(theirs) - set(ours)):
        return Level.variant
    if found <= Level.close:
        return Level.close if len(ours) > 1 else Level.part
    return found if found is Level.part else Level.different


def _letters(ours: list[str], theirs: list[str]) -> bool:
    """Whether they differ in spaces and order only: wangwei, wang wei."""
    ends = {"".join(theirs), "".join(reversed(theirs))}
    return "".join(ours) in ends or "".join(reversed(ours)) in ends


def _spaced(few: list[str], many: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The names with two words of the longer one written as one: mcgilc hrist; a letter alone is mostly an initial."""
    if len(many) != len(few) + 1:
        return
    for first, second in permutations(range(len(many)), 2):
        joined = many[first] + many[second]
        initial = 1 in (len(many[first]), len(many[second])) and joined not in few
        if not initial and any(each[0] == joined[0] and len(each) > 3 for each in few):
            yield few, [joined, *(each for at, each in enumerate(many) if at not in (first, second))]


def _aligned(few: list[str], many: list[str], known: frozenset[str]) -> Level:
    """The worst word of the best pairing of each of `few` with one of `many`."""
    rest = list(many)
    worst = Level.same
    for word in sorted(few, key=lambda each: (-len(each), each)):
        if not rest:
            return Level.different
        levels = {other: word_level(word, other, known) for other in rest}
        best = min(levels, key=lambda other: (levels[other], OSA.distance(word, other), other))
        worst = max(worst, levels[best])
        rest.remove(best)
    return worst


@lru_cache(maxsize=65_536)
def word_level(left: str, right: str, known: frozenset[str] = frozenset()) -> Level:
    """How two words of names agree.

    Josephine / Josphine are close, and so are Meyer / Maier; Anna / Anne only near; J / John and Bob / Robert are part.
    """
    if left == right:
        return Level.same
    if left[0] == right[0] and 1 in (len(left), len(right)):
        return Level.part
    said = words()
    groups = said.nicknames
    if groups.get(left, _NONE) & groups.get(right, _NONE):
        return Level.part
    slips, longest = OSA.distance(left, right), max(len(left), len(right))
    if slips > max(2, longest * 2 // 5):
        return Level.different
    ending = slips == 1 and len(left) == len(right) and left[:-1] == right[:-1]
    names = all(word in said.given_names or word in known for word in (left, right))
    names = names and sorted(left) != sorted(right)  # neighbours turned round are always a slip
    two = names or (ending and {left[-1], right[-1]} <= set("aeioy"))
    two_slips = slips == 2 and longest >= 7 and left[0] == right[0]  # few slip in the first letter
    if (slips == 1 and longest >= 4) or two_slips or (longest >= 4 and sound(left) == sound(right)):
        return Level.near if two else Level.close
    return Level.near if longest >= 4 else Level.different


_NONE: frozenset[int] = frozenset()
_SOUNDS = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        ("ph|pf|v|w", "f"),
        ("sch|sh|ch|tz|ts|z|c(?=[eiy])|ss", "s"),
        ("ck|c|q|g", "k"),
        ("th|dt|d", "t"),
        ("x", "ks"),
        ("[aeiouyjh]+", ""),
        (r"(.)\1+", r"\1"),
    )
)


def sound(word: str) -> str:
    """The first letter and the consonants of a word as they sound: Meyer and Maier, Schmidt and Schmitt are alike."""
    rest = word
    for pattern, text in _SOUNDS:
        rest = pattern.sub(text, rest)
    return ("f" if word.startswith("ph") else "k" if word[0] == "c" else word[0]) + rest
