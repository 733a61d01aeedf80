"""Levels of agreement of company names: brand, trade, region, branch."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from crmsheet.match.hashing import LONGEST, kinds_of_characters
from crmsheet.match.lookups import (
    clash,
    judged,
    lengths,
    likeness,
    matching,
    narrowed,
    said,
    shared_rarest,
    similar,
    taken,
)
from crmsheet.match.names import word_level
from crmsheet.match.pinyin import spoken
from crmsheet.match.prepared import Codes, Column, Prepared, derived
from crmsheet.match.texts import filled
from crmsheet.match.weights import Level, Levels, Positions, Truth
from crmsheet.match.words import words


def levels_of_companies(prepared: Prepared, left: Positions, right: Positions) -> Levels:
    """Levels of company names: a region or branch that differs is a conflict, so is a number."""
    columns = prepared.columns
    core = columns["core"]
    same = columns["full"].codes[left] == columns["full"].codes[right]
    one_core = core.codes[left] == core.codes[right]
    branch = columns["branch"].codes
    apart = clash(columns["region"], left, right) | (branch[left] != branch[right])
    levels = np.full(len(left), Level.different, np.int8)
    rest = np.flatnonzero(~same & ~one_core)
    if len(rest):
        levels[rest] = _cores(prepared, left[rest], right[rest])
    at = np.flatnonzero(((levels == Level.near) | (levels == Level.different)) & ~same & ~one_core)
    if len(at):
        levels[at] = np.minimum(levels[at], _turned(prepared, left[at], right[at]))
    levels[one_core] = Level.variant
    levels[apart & (levels != Level.different) & (levels != Level.near)] = Level.conflict
    houses = clash(columns["note"], left, right) & (levels < Level.near)
    levels[houses] = Level.near
    note = columns["note"].codes
    noted = (note[left] >= 0) != (note[right] >= 0)
    levels[noted & (levels < Level.close)] = Level.close
    levels[same] = Level.same
    known = shared_rarest(prepared.bags["aka"], left, right) >= 0
    levels[known & ~apart & ~houses & ~noted & (levels != Level.same)] = Level.variant
    return levels


def _cores(prepared: Prepared, left: Positions, right: Positions) -> Levels:
    """Levels of the cores of company names that are not equal."""
    few = [narrowed(prepared.columns[name], left, right) for name in ("core", "brand", "spelt")]
    (core, left, right), brand, spelt = few[0], few[1][0], few[2][0]
    ours, theirs = core.codes[left], core.codes[right]
    han = matching(core.values, r"\p{Han}")
    length = lengths(core.values)
    chinese = han[ours] & han[theirs]
    short = np.minimum(length[ours], length[theirs])
    common = _in_common(core, length, ours, theirs)
    at, best = np.flatnonzero(200 * common >= 40 * (length[ours] + length[theirs])), np.zeros(len(left), np.float32)
    best[at] = similar(core, ours[at], theirs[at], fuzz.ratio, 40)
    at, contained = np.flatnonzero(~chinese), np.zeros(len(left), bool)
    both = said(core, ours[at], theirs[at])
    best[at] = np.maximum(best[at], likeness(both, fuzz.token_sort_ratio, 40))
    contained[at] = likeness(both, fuzz.token_set_ratio, 90) > 0
    at = np.flatnonzero(chinese & (short >= 2) & (common >= short))
    contained[at] = similar(core, ours[at], theirs[at], fuzz.partial_ratio, 99) > 0
    at, numbered = np.flatnonzero(best >= 60), np.zeros(len(left), bool)
    numbered[at] = _other_numbers(core, left[at], right[at])
    named, trades = one_brand(core, brand, left, right)
    found = np.select(
        [
            spelt.codes[left] == spelt.codes[right],
            numbered,
            named & ~trades,
            named,
            ~chinese & (best >= 90) & (short >= 5),
            contained | _initials(core, left, right),
            best >= 60,
        ],
        [Level.variant, Level.conflict, Level.close, Level.near, Level.close, Level.part, Level.near],
        Level.different,
    ).astype(np.int8)
    at = np.flatnonzero(((found == Level.close) | ((found == Level.near) & (best >= 65))) & ~chinese & ~named)
    found[at] = _by_words(core, left[at], right[at])
    at = np.flatnonzero(((found == Level.near) | (found == Level.different)) & chinese & ~named & (best >= 40))
    found[at] = np.minimum(found[at], _brand_slips(core, brand, left[at], right[at]))
    return found


def _in_common(core: Column, length: Codes, ours: Codes, theirs: Codes) -> Codes:
    """How many characters names can have in common at most; most Chinese names have none, and that is soon seen."""
    kinds = kinds_of_characters(core.values)
    one, other = kinds[ours], kinds[theirs]
    ours_alone, theirs_alone = (np.bitwise_count(each).astype(np.int64) for each in (one & ~other, other & ~one))
    most: Codes = np.minimum(length[ours] - ours_alone, length[theirs] - theirs_alone)
    long = np.maximum(length[ours], length[theirs]) > LONGEST
    return np.where(long, np.minimum(length[ours], length[theirs]), most)


def _other_numbers(core: Column, left: Positions, right: Positions) -> Truth:
    core, left, right = narrowed(core, left, right)
    return clash(derived(core, r"[^0-9]+", " "), left, right)


def _brand_slips(core: Column, brand: Column, left: Positions, right: Positions) -> Levels:
    """How Chinese names agree whose brands are one but for a slip, and whose trades do not differ.

    One character of four is close; two characters turned round, or one that only sounds the same, is a part, for so
    short names are many: 宏达, 弘达 and 鸿达 are three firms.
    """
    names = np.append(np.array(brand.values.to_pylist(), object), "")[brand_of(core, brand)]
    whole = zip(core.values.to_pylist(), names.tolist(), strict=True)
    trade = Column.of(filled(pa.array([text.removeprefix(name) for text, name in whole], core.values.type)), core.codes)
    one, other = names[core.codes[left]].tolist(), names[core.codes[right]].tolist()
    slips = cpdist(one, other, scorer=OSA.distance, score_cutoff=1, dtype=np.int8)
    levels = np.where(clash(trade, left, right), Level.near, Level.different).astype(np.int8)
    for place in np.flatnonzero((slips == 1) & (levels == Level.different)).tolist():
        levels[place] = _brand_slip(one[place], other[place])
    return levels


def _brand_slip(one: str, other: str) -> Level:
    if max(len(one), len(other)) >= 4:
        return Level.close
    alike = len(one) == len(other) and (sorted(one) == sorted(other) or spoken(one) == spoken(other))
    return Level.part if alike else Level.near


def _turned(prepared: Prepared, left: Positions, right: Positions) -> Levels:
    """How Chinese names agree that differ by two neighbours turned round: 朗朔电气有限公司, 朗朔气电有限公司.

    That is a slip wherever it is, also where it hides the town, the trade or the legal form. Only the first two
    characters of the brand may have been meant so: 海天 and 天海 are two.
    """
    (full, first, second), core = narrowed(prepared.columns["full"], left, right), prepared.columns["core"]
    ours, theirs = full.codes[first], full.codes[second]
    fit = matching(full.values, r"\p{Han}") & (lengths(full.values) >= _LEGAL)
    at = np.flatnonzero(fit[ours] & fit[theirs] & (core.codes[left] >= 0) & (core.codes[right] >= 0))
    one, other = taken(full.values, ours[at]), taken(full.values, theirs[at])
    slips = cpdist(one, other, scorer=OSA.distance, score_cutoff=1, dtype=np.int8)
    levels = np.full(len(left), Level.different, np.int8)
    few = [place for place in np.flatnonzero(slips == 1).tolist() if sorted(one[place]) == sorted(other[place])]
    mine, others = taken(core.values, core.codes[left[at[few]]]), taken(core.values, core.codes[right[at[few]]])
    begins = zip((text[:2] for text in mine), (text[:2] for text in others), strict=True)
    fronts = [one_ != other_ and {*one_} == {*other_} for one_, other_ in begins]
    levels[at[few]] = np.where(fronts, Level.part, Level.close)
    return levels


def _by_words(core: Column, left: Positions, right: Positions) -> Levels:
    """How names that look alike agree word by word.

    Austin Lakes and Austin Oaks are two, North and South too; Island Gateway and Island Gateway Sun may be one.
    """

    def level(ours: str, theirs: str) -> Level:
        one, other = set(ours.split()), set(theirs.split())
        few, many = sorted((one - other, other - one), key=len)
        if not few:
            return Level.close if many <= words().common else Level.part
        spelling = _spelling if one & other else word_level
        found = [min(spelling(word, each, core.known) for each in many) for word in few]
        extra = len(few) < len(many)
        return Level.near if extra or any(each >= Level.near for each in found) else Level.close

    return judged(core, left, right, level)


def _spelling(ours: str, theirs: str, known: frozenset[str]) -> Level:
    """How two words of companies agree: the beginning of the other (deli, delicatessen), its plural, or a slip."""
    short, long = sorted((ours, theirs), key=len)
    if len(short) >= _STEM and (long.startswith((short, short.removesuffix("y") + "ies"))):
        return Level.close
    return min(word_level(ours, theirs, known), word_level(_singular(ours), _singular(theirs), known))


def _singular(word: str) -> str:
    return word.removesuffix("ies") + "y" * word.endswith("ies")


_LEGAL = 6
"""Characters of a firm's name in full, of which there is hardly another with the same ones."""
_STEM = 3
"""Letters of an abbreviated word."""


def one_brand(core: Column, brand: Column, left: Positions, right: Positions) -> tuple[Truth, Truth]:
    """Whether two names are one but for words of the trade, and whether both have such words: 华信科技, 华信贸易."""
    named = (brand.codes[left] >= 0) & (brand.codes[left] == brand.codes[right])
    plainly = lengths(core.values) == np.append(lengths(brand.values), 0)[brand_of(core, brand)]
    return named, ~plainly[core.codes[left]] & ~plainly[core.codes[right]]


def brand_of(core: Column, brand: Column) -> Codes:
    """The brand of each core, -1 where it has none."""
    out = np.full(len(core.values), -1)
    out[core.codes[core.codes >= 0]] = brand.codes[core.codes >= 0]
    return out


def _initials(core: Column, left: Positions, right: Positions) -> Truth:
    """Whether one name is the first letters of the other: IBM, International Business Machines."""
    first = pc.replace_substring_regex(core.values, r"(\w)\w*\s*", r"\1")
    letters_ = pc.replace_substring(core.values, " ", "")
    long = lengths(first) >= 3
    both = Column.of(pa.concat_arrays([first, letters_]))
    short, whole = both.codes[: len(first)], both.codes[len(first) :]
    ours, theirs = core.codes[left], core.codes[right]
    found: Truth = (long[ours] & (short[ours] == whole[theirs])) | (long[theirs] & (short[theirs] == whole[ours]))
    return found
