"""Names taken apart: a company into core, region and branch; a person into words without titles."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA

from crmsheet.match.texts import extracted, filled, fold, listed, plain, sorted_tokens, without
from crmsheet.match.weights import Level
from crmsheet.match.words import words


@dataclass(frozen=True, slots=True)
class Names:
    """Features of distinct names, all of one length; '' where a name has no such part, null where it is no name.

    `full` folded · `core` without legal form, region and branch (for a person the same as `full`, words sorted) ·
    `region` 北京 · `branch` 上海分公司 · `person` whether it is a person's
    """

    full: pa.Array
    core: pa.Array
    region: pa.Array
    branch: pa.Array
    person: pa.Array


def take_apart(texts: pa.Array, kinds: pa.Array) -> Names:
    """Features of names; `kinds` says `person`, `company` or null for each, as the book does."""
    folded = fold(texts)
    company = _companies(folded)
    bare = persons(folded)
    titled = pc.not_equal(pc.fill_null(bare, ""), pc.fill_null(plain(folded), ""))
    likely = pc.match_substring_regex(pc.fill_null(bare, ""), f"^{words().surname}\\p{{Han}}{{1,2}}$")
    short = pc.less_equal(pc.utf8_length(pc.fill_null(bare, "")), 4)
    addressed = pc.match_substring_regex(pc.fill_null(folded, ""), rf"^{words().titles_en}\.? ")
    guessed = pc.and_(pc.or_(pc.or_(likely, addressed), pc.and_(titled, short)), pc.equal(company.branch, ""))
    person = pc.fill_null(pc.if_else(pc.is_null(kinds), guessed, pc.equal(kinds, "person")), False)
    nothing = pa.scalar("", texts.type)
    return Names(
        full=pc.if_else(person, bare, company.full),
        core=pc.if_else(person, bare, company.core),
        region=pc.if_else(person, nothing, company.region),
        branch=pc.if_else(person, nothing, company.branch),
        person=person,
    )


def persons(folded: pa.Array) -> pa.Array:
    """People's names without notes and titles, words sorted: 李经理(采购) is 李, Mr. John Smith is john smith."""
    said = words()
    long = said.titles_zh
    bare = without(without(folded, r"[(\[【].*?[)\]】]"), r"^(?:客户|联系人)\s*[-:：]\s*")
    bare = without(bare, r"\s*[/、;|].*$")
    bare = without(plain(bare), f"^(?:{said.titles_en} )+")
    bare = without(bare, r"(?: (?:phd|md|esq|mba))+$")
    short = pc.replace_substring_regex(bare, f"^({said.surname})(?:{long})$", r"\1")
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
    full = _real(plain(folded))
    bracketed = extracted(folded, rf"[(\[](?P<x>{said.region})[省市]?[)\]]")
    shop = extracted(folded, rf"\((?P<x>[^()]*(?:店|{said.branch_zh}|校区|院区))\)\s*$")
    text = plain(without(without(folded, rf"[(\[]{said.region}[省市]?[)\]]"), r"\([^()]*\)\s*$"))
    text = pc.fill_null(text, "")
    behind = extracted(text, rf"{said.legal_zh}(?P<x>\p{{Han}}*(?:{said.branch_zh}|店))$")
    plainly = extracted(text, rf"(?P<x>(?:{said.region}|第.{{1,2}}|[东西南北])?[省市]?{said.branch_zh})$")
    english = extracted(text, r"\b(?P<x>(?:\w+ )?branch)$")
    branch = _first(shop, behind, plainly, english)
    text = pc.replace_substring_regex(text, rf"({said.legal_zh})\p{{Han}}{{1,12}}(?:{said.branch_zh}|店)$", r"\1")
    text = without(text, rf"(?:{said.region}|第.{{1,2}}|[东西南北])?[省市]?{said.branch_zh}$")
    leading = extracted(text, rf"^(?P<x>{said.region})(?:[省市]|自治区)?.{{2}}")
    text = without(without(text, rf"(?:{said.legal_zh})+$"), r"^the ")
    text = without(text, rf"(?: (?:{said.legal_en}|and))+$")
    text = _without_region(text, said.region)
    core = filled(pc.if_else(pc.is_null(full), pa.scalar("", full.type), text))
    return Names(full, core, _first(bracketed, leading), branch, pc.is_null(full))


def _without_region(texts: pa.Array, region: str) -> pa.Array:
    """The texts without a leading region, where two characters are left to know the company by."""
    return pc.replace_substring_regex(texts, rf"^(?:{region}(?:[省市]|自治区)?)+(.{{2}})", r"\1")


def _first(*of: pa.Array) -> pa.Array:
    """The first text that is not ''."""
    out = of[-1]
    for each in reversed(of[:-1]):
        out = pc.if_else(pc.equal(each, ""), out, each)
    return out


def person_level(left: str, right: str) -> Level:
    """How two folded names of people agree; the same both ways round."""
    if left == right:
        return Level.same
    ours, theirs = left.split(), right.split()
    if _letters(ours, theirs):
        return Level.variant
    if not left.isascii() and not right.isascii() and len(ours) == len(theirs) == 1:
        return _han_level(left, right)
    if len(ours) > len(theirs):
        ours, theirs = theirs, ours
    found = _aligned(ours, theirs)
    if len(ours) == len(theirs):
        return found
    if found in (Level.same, Level.close):
        return Level.close if len(ours) > 1 else Level.part
    return found if found is Level.part else Level.different


def _letters(ours: list[str], theirs: list[str]) -> bool:
    """Whether they differ in spaces and order only: wangwei, wang wei."""
    ends = {"".join(theirs), "".join(reversed(theirs))}
    return "".join(ours) in ends or "".join(reversed(ours)) in ends


def _han_level(left: str, right: str) -> Level:
    if left[0] == right[0] and 1 in (len(left), len(right)):
        return Level.part
    slips = OSA.distance(left, right)
    longest = max(len(left), len(right))
    if slips == 1 and longest >= 3:
        turned = sorted(left) == sorted(right)
        return Level.close if turned or longest >= 4 else Level.near
    return Level.different


def _aligned(few: list[str], many: list[str]) -> Level:
    """The worst word of the best pairing of each of `few` with one of `many`."""
    rest = list(many)
    worst = Level.same
    for word in sorted(few, key=lambda each: (-len(each), each)):
        best = min(rest, key=lambda other: (word_level(word, other), OSA.distance(word, other), other))
        worst = max(worst, word_level(word, best))
        rest.remove(best)
    return worst


def word_level(left: str, right: str) -> Level:
    """How two words of names agree: Josephine / Josphine are close, Anna / Anne only near, J / John incomplete."""
    if left == right:
        return Level.same
    if left[0] == right[0] and 1 in (len(left), len(right)):
        return Level.part
    slips, longest = OSA.distance(left, right), max(len(left), len(right))
    ending = slips == 1 and len(left) == len(right) and left[:-1] == right[:-1]
    if (slips == 1 and longest >= 4) or (slips == 2 and longest >= 7):
        return Level.near if ending and {left[-1], right[-1]} <= set("aeioy") else Level.close
    return Level.near if slips <= max(2, longest // 2) and longest >= 4 else Level.different
