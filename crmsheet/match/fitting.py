"""How well the distinct texts of a column fit what is looked for: (place, score) for each that does.

The scores, from sure to weak; a command that writes takes none below `CONFIDENT` without asking:

    1.00       the whole key, name, number or address of the record (SURE)
    0.98       the same but for spaces and punctuation
    0.96       a key with another number of leading zeros, if only one has that number (RENUMBERED)
    0.95       the same company without its legal form and region; the whole name of a contact (SAME)
    0.90-0.94  a part of a name, as typed; a number without its area code (CONFIDENT)
    0.70-0.85  the letters of its pinyin; a company of that name elsewhere, or a branch; a name inside the words
    0.60-0.79  a name but for a slip of the fingers; a number of which a digit is missing at an end
    0.50-0.59  the whole or a part of what another column says
    0.40-0.45  a reference to another record
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import pyarrow as pa
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from crmsheet.core.context import Context
from crmsheet.match.characters import Texts
from crmsheet.match.names import take_apart
from crmsheet.match.pinyin import covered, patterns
from crmsheet.match.wanted import LOCAL, PART, Wanted, numbers_of

SURE, SQUEEZED, RENUMBERED, SAME, CONFIDENT = 1.0, 0.98, 0.96, 0.95, 0.90
_NUMBERED = re.compile(r"([^0-9]+)0*([0-9]+)")
"""A key of letters and a number, such as C0012."""
_ELSEWHERE, _WITHIN, _SLIP, _TEXT, _LINK = 0.75, 0.70, 0.50, 0.50, 0.40
_SOME_DIGITS = 0.65
_SYLLABLES, _INITIALS = (0.75, 0.10), (0.70, 0.05)
"""The least score by pinyin, and what is added for the share of the name."""
_CANDIDATES = 40
"""Names that are compared closely: the nearest first."""
_LIKELY = 60.0
"""Likeness (0 to 100) from which a name may be what a slip of the fingers was to be."""

Fits: TypeAlias = Iterator[tuple[int, float]]


def whole(texts: Texts, wanted: Wanted) -> Fits:
    """Keys and numbers that are the words as a whole."""
    for at, (folded, bare) in enumerate(zip(texts.folded, texts.bare, strict=True)):
        if folded == wanted.folded:
            yield at, SURE
        elif bare == wanted.bare != "" and not bare.isdecimal():
            yield at, SQUEEZED


def keys(texts: Texts, wanted: Wanted) -> Fits:
    """Keys that are the words as a whole; where none is, the only one that has their letters and their number."""
    exact = list(whole(texts, wanted))
    yield from exact
    typed = _NUMBERED.fullmatch(wanted.bare)
    if exact or not typed:
        return
    apart = ((at, _NUMBERED.fullmatch(bare)) for at, bare in enumerate(texts.bare))
    alike = [at for at, found in apart if found and found.groups() == typed.groups()]
    if len(alike) == 1:
        yield alike[0], RENUMBERED


def references(texts: Texts, wanted: Wanted) -> Fits:
    """References to other records, by key or by name."""
    for at, score in words(texts, wanted):
        yield at, _LINK + (score - _TEXT) / 2


def words(texts: Texts, wanted: Wanted, *, inside: bool = True) -> Fits:
    """What a column of any kind says, as a whole or (where `inside`) in part."""
    if not wanted.nameable:
        return
    for at, bare in enumerate(texts.bare):
        if wanted.bare not in bare:
            continue
        if bare == wanted.bare:
            yield at, _TEXT + 0.09
        elif inside and wanted.inside and _begins(texts.said[at], wanted):
            yield at, _TEXT + 0.08 * len(wanted.bare) / len(bare)


def _begins(text: str, wanted: Wanted) -> bool:
    """Two Latin letters are looked for at the beginning of words only: `an` is inside of half of all words."""
    if wanted.han or len(wanted.bare) > 2:
        return True
    return re.search(rf"(?<![^\W_]){re.escape(wanted.folded)}", text.lower()) is not None


def addresses(texts: Texts, wanted: Wanted) -> Fits:
    """E-mail addresses, several to a cell."""
    if not wanted.inside:
        return
    for at, folded in enumerate(texts.folded):
        if wanted.folded in folded or (wanted.address and wanted.address in folded):
            exact = wanted.address in re.findall(r"[^\s;|,<>:、]+@[^\s;|,<>、]+", folded)
            yield at, SURE if exact else _TEXT + 0.08 * len(wanted.folded) / len(folded)


def phones(said: Sequence[str], wanted: Wanted, context: Context) -> Fits:
    """Phone numbers in whatever spelling, several to a cell; of a few digits, the numbers that hold them."""
    if len(wanted.digits) < PART:
        return
    tail = wanted.digits[-LOCAL:]
    for at, text in enumerate(said):
        if tail not in _digits(text):
            continue
        pairs = [(ours, theirs) for ours in wanted.phones for theirs in numbers_of(text, context)]
        alike = max((_alike(*pair) for pair in pairs), default=0.0)
        if alike:
            yield at, alike
        elif wanted.digits in _digits(text):
            least = _SOME_DIGITS if len(wanted.digits) >= LOCAL else _TEXT
            yield at, least + 0.08 * len(wanted.digits) / len(_digits(text))


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return digits if digits.isascii() else "".join(str(int(each)) for each in digits)  # full-width ones too


def _alike(ours: str, theirs: str) -> float:
    """Whether two numbers are one: equal, or one has a country code (then sure) or an area code and the other none."""
    short, long = sorted((ours.lstrip("+0"), theirs.lstrip("+0")), key=len)
    if short == long:
        return SURE
    both_whole = ours.startswith("+") and theirs.startswith("+")
    if both_whole or len(short) < LOCAL or not long.endswith(short):
        return 0.0
    return SURE if len(short) > LOCAL and len(long) - len(short) <= 3 else CONFIDENT


def people(texts: Texts, wanted: Wanted) -> Fits:
    """Names of people: as they are, in part, by pinyin, with a slip."""
    scores: dict[int, float] = {}
    for found in (_typed(texts, wanted), _spelled(texts.bare, wanted), _slips(texts.bare, wanted)):
        for at, score in found:
            scores[at] = max(score, scores.get(at, 0))
    yield from scores.items()


def companies(texts: Texts, wanted: Wanted) -> Fits:
    """Names of companies (or of people, where the two share a column): without their legal form and region as well."""
    scores = dict(people(texts, wanted))
    for at, score in _cores(texts, wanted):
        scores[at] = max(score, scores.get(at, 0))
    yield from scores.items()


def _typed(texts: Texts, wanted: Wanted) -> Fits:
    yield from whole(texts, wanted)
    if not wanted.nameable:
        return
    for at, name in enumerate(texts.bare):
        if wanted.bare in name and name != wanted.bare and _begins(texts.said[at], wanted):
            yield at, CONFIDENT + 0.04 * len(wanted.bare) / len(name)


def _spelled(bare: Sequence[str], wanted: Wanted) -> Fits:
    for found, (least, more) in zip(patterns(wanted.letters, bare), (_INITIALS, _SYLLABLES), strict=True):
        if found is not None:
            yield from ((at, least + more * share) for at, share in covered(found, bare))


def _slips(bare: Sequence[str], wanted: Wanted) -> Fits:
    """Names that differ by a slip or two."""
    if len(wanted.bare) >= wanted.least:
        names = dict(enumerate(bare))
        for name, _, at in process.extract(wanted.bare, names, scorer=OSA.distance, score_cutoff=2, limit=None):
            if name != wanted.bare:
                yield from _slip(at, wanted.bare, name)


def _slip(at: int, ours: str, theirs: str) -> Fits:
    slips, longest = OSA.distance(ours, theirs), max(len(ours), len(theirs))
    if slips <= max(1, longest // 4):
        yield at, _SLIP + 0.29 * (1 - slips / longest)


def _cores(texts: Texts, wanted: Wanted) -> Fits:
    """Companies of the same core, and cores that differ by a slip or two."""
    if not wanted.inside:
        return
    places = _candidates(texts.bare, wanted)
    said = pa.array([wanted.text, *(texts.said[at] for at in places)], pa.large_string())
    apart = take_apart(said, pa.nulls(len(said), said.type))
    cores = [(each or "").replace(" ", "") for each in apart.core.to_pylist()]
    regions, branches = apart.region.to_pylist(), apart.branch.to_pylist()
    if len(cores[0]) < 2:
        return
    for other, at in enumerate(places, 1):
        if cores[other] == cores[0]:
            together = len({regions[0], regions[other]} - {""}) < 2 and branches[0] == branches[other]
            yield at, SAME if together else _ELSEWHERE
        elif texts.bare[at] in wanted.bare:
            yield at, _WITHIN + 0.09 * len(texts.bare[at]) / len(wanted.bare)
        elif len(cores[0]) >= wanted.least and cores[other]:
            yield from _slip(at, cores[0], cores[other])


def _candidates(bare: Sequence[str], wanted: Wanted) -> list[int]:
    """The places of the names that may have the same core."""
    likely = process.extract(
        wanted.bare, dict(enumerate(bare)), scorer=fuzz.partial_ratio, score_cutoff=_LIKELY, limit=None
    )
    order = sorted(likely, key=lambda each: (-each[1], abs(len(each[0]) - len(wanted.bare)), each[0]))
    return [at for name, _, at in order if len(name) > 1][:_CANDIDATES]
