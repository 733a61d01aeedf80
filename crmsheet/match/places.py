"""Addresses and days, folded for comparison."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from crmsheet.match.texts import fold, mapped_tokens, plain, sorted_tokens
from crmsheet.match.words import words


def addresses(texts: pa.Array) -> pa.Array:
    """Addresses with one spelling for the words of streets: the Boulevard is a blvd.

    The words are sorted, for people put the number in front and behind.
    """
    folded = pc.replace_substring_regex(plain(fold(texts)), r"(\p{Han})(?:省|市|自治区|特别行政区)", r"\1")
    return sorted_tokens(mapped_tokens(folded, words().streets))


def places(texts: pa.Array) -> pa.Array:
    """Names of places and other short words: 北京市 is 北京."""
    return pc.replace_substring_regex(plain(fold(texts)), r"^(\p{Han}{2,4})[省市]$", r"\1")


def dates(texts: pa.Array) -> pa.Array:
    """Days as eight digits, null for what is no day; 1900-01-01 stands for an unknown one."""
    day = pc.replace_substring_regex(fold(texts), r"^(\d{4})\D?(\d{2})\D?(\d{2})(?:\D.*)?$", r"\1\2\3")
    real = pc.and_(
        pc.match_substring_regex(day, r"^\d{8}$"), pc.invert(pc.match_substring_regex(day, "^(19000101|0000)"))
    )
    return pc.if_else(pc.fill_null(real, False), day, pa.scalar(None, day.type))


def date_slips(left: str, right: str) -> bool:
    """Whether two days differ as typing makes them: day and month swapped, or two neighbours turned round."""
    if left[:4] == right[:4] and left[4:6] == right[6:] and left[6:] == right[4:6]:
        return True
    differ = [at for at, (ours, theirs) in enumerate(zip(left, right, strict=True)) if ours != theirs]
    if len(differ) <= 1:
        return True
    turned = len(differ) == 2 and differ[1] == differ[0] + 1
    return turned and left[differ[0]] == right[differ[1]] and left[differ[1]] == right[differ[0]]
