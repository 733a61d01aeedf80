"""Levels of agreement of customers' names, whoever they are and in whatever script."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz

from crmsheet.match.companies import levels_of_companies, one_brand
from crmsheet.match.lookups import Compared, clash, commoner, likelier, likeness, matching, narrowed, said
from crmsheet.match.people import levels_of_people
from crmsheet.match.prepared import Column, Prepared, derived
from crmsheet.match.romanised import is_latin, romanised
from crmsheet.match.weights import Level, Levels, Positions, Truth
from crmsheet.match.words import words


def compare_names(prepared: Prepared, left: Positions, right: Positions) -> Compared:
    """Levels of the names, and how many are called so."""
    full = prepared.columns["full"]
    both = prepared.person[left] & prepared.person[right]
    levels = np.zeros(len(left), np.int8)
    known = (full.codes[left] >= 0) & (full.codes[right] >= 0)
    people, firms = np.flatnonzero(known & both), np.flatnonzero(known & ~both)
    levels[people] = _named_people(prepared, left[people], right[people])
    levels[firms] = levels_of_companies(prepared, left[firms], right[firms])
    _other_script(prepared, left, right, levels)
    return called(prepared, left, right, levels)


def called(prepared: Prepared, left: Positions, right: Positions, levels: Levels) -> Compared:
    """The names at these levels, and how many are called so."""
    full, core = prepared.columns["full"], prepared.columns["core"]
    both = prepared.person[left] & prepared.person[right]
    holders = np.where(both, commoner(full, left, right), commoner(core, left, right))
    chance = np.where(both, likelier(full, left, right), likelier(core, left, right))
    return Compared(levels, holders, chance * _in_one_region(prepared, left, right))


def _in_one_region(prepared: Prepared, left: Positions, right: Positions) -> npt.NDArray[np.float64]:
    """The share of names with the region that both names name, 1 where they do not or where the cities tell it."""
    region, city = prepared.columns["region"], prepared.columns["city"].codes
    codes = region.codes[left]
    share = np.append(region.counts / max(_SMALLEST, region.counts.sum()), 1)
    told = (city[left] >= 0) & (city[right] >= 0)
    return np.where((codes >= 0) & (codes == region.codes[right]) & ~told, share[codes], 1.0)


_SMALLEST = 100
"""Names with a region from which its share is known."""


def _named_people(prepared: Prepared, left: Positions, right: Positions) -> Levels:
    """Levels of people's names; a part of the name that one of the two lacks is no news.

    One in a hundred has married, and of a hundred strangers hardly more have the same first name.
    """
    levels = levels_of_people(prepared.columns["full"], left, right)
    given, family = (prepared.columns[name].codes for name in ("given", "family"))
    parts = [(each[left] >= 0) & (each[right] >= 0) for each in (given, family)]
    halved = ((given >= 0) | (family >= 0)) & ~((given >= 0) & (family >= 0))
    nothing = ~parts[0] & ~parts[1] & halved[left] & halved[right]
    levels[nothing & (levels > Level.part)] = Level.missing
    first = prepared.columns["first"].codes
    married = ((first[left] == first[right]) & (first[left] >= 0)) | ((given[left] == given[right]) & parts[0])
    levels[married & (levels == Level.different)] = Level.near
    return levels


def _other_script(prepared: Prepared, left: Positions, right: Positions, levels: Levels) -> None:
    """Mends the levels of names in two scripts: read aloud they agree, or nothing is known."""
    core, ours, theirs = narrowed(prepared.columns["core"], left, right)
    latin = np.append(is_latin(core.values).to_numpy(zero_copy_only=False).astype(bool), False)
    ours, theirs = core.codes[ours], core.codes[theirs]
    at = np.flatnonzero((latin[ours] != latin[theirs]) & (ours >= 0) & (theirs >= 0) & (levels >= Level.part))
    levels[at[levels[at] != Level.conflict]] = Level.missing
    roman, one, other = _romanised(prepared, left[at], right[at])
    known = (roman.codes[one] >= 0) & (roman.codes[other] >= 0)
    at, one, other = at[known], one[known], other[known]
    if not len(at):
        return
    chinese = matching(core.values, r"^\p{Han}+$")
    han = chinese[ours[at]] | chinese[theirs[at]]
    left, right = left[at], right[at]
    people = prepared.person[left] & prepared.person[right]
    same = _heard_alike(roman, one, other, people)
    both = said(roman, roman.codes[one], roman.codes[other])
    alike = likeness(both, fuzz.token_sort_ratio, 88)
    named, trades = one_brand(roman, derived(roman, words().trade, ""), one, other)
    branch = prepared.columns["branch"].codes
    apart = clash(prepared.columns["region"], left, right) | (branch[left] != branch[right])
    one_word = han & (likeness(both, fuzz.token_set_ratio, 60) >= 60)
    found = np.select(
        [same, named & ~people & ~trades, named & ~people, alike >= 88, people & one_word],
        [Level.variant, Level.close, Level.near, Level.close, Level.near],
        Level.missing,
    )
    found[apart & (found > Level.missing) & (found < Level.near)] = Level.conflict
    levels[at[found > Level.missing]] = found[found > Level.missing]


def _romanised(prepared: Prepared, left: Positions, right: Positions) -> tuple[Column, Positions, Positions]:
    """The names of the rows of pairs in Latin letters, and the places of the pairs among them."""
    rows, at = np.unique(np.concatenate([left, right]), return_inverse=True)
    core = prepared.columns["core"]
    roman = romanised(core.values.take(pa.array(core.codes[rows])), pa.array(prepared.person[rows]))
    return Column.of(roman), at[: len(left)], at[len(left) :]


def _heard_alike(roman: Column, left: Positions, right: Positions, people: Truth) -> Truth:
    """Whether names read aloud are one; those of people also where the surname stands at the other end."""
    parts = [text.split() for text in _sounding(roman.values).to_pylist()]
    forms = [
        ["".join(words) for words in parts],
        ["".join(words[1:] + words[:1]) for words in parts],
        ["".join(words[-1:] + words[:-1]) for words in parts],
        [" ".join(sorted(words)) for words in parts],
    ]
    codes = np.unique([text for form in forms for text in form], return_inverse=True)[1].reshape(len(forms), -1)
    plainly, front, back, mixed = (each[roman.codes] for each in codes)
    turned = (plainly[left] == front[right]) | (front[left] == plainly[right])
    turned |= (plainly[left] == back[right]) | (back[left] == plainly[right]) | (mixed[left] == mixed[right])
    same: Truth = (plainly[left] == plainly[right]) | (people & turned)
    return same


def _sounding(texts: pa.Array) -> pa.Array:
    """The letters as they are heard, alike for the ways to write Sergey."""
    plainly = pc.replace_substring_regex(texts, "[yj]", "i")
    plainly = pc.replace_substring_regex(pc.replace_substring(plainly, "h", ""), "w", "v")
    return pc.replace_substring_regex(plainly, "i+", "i")
