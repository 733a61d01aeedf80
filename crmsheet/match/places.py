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


def genders(texts: pa.Array) -> pa.Array:
    """`male` or `female`, in whatever language it is said; null for what says neither."""
    said = words().genders
    coded = places(texts).dictionary_encode()
    known = pa.array([said.get(text) for text in coded.dictionary.to_pylist()], texts.type)
    return known.take(coded.indices)


def dates(texts: pa.Array) -> pa.Array:
    """Days as eight digits, null for what is no day; 1900-01-01 stands for an unknown one."""
    if texts.null_count == len(texts):
        return texts
    day = pc.replace_substring_regex(fold(texts), r"^(\d{4})\D?(\d{2})\D?(\d{2})(?:\D.*)?$", r"\1\2\3")
    spelt = pc.any(pc.match_substring_regex(day, "[a-z]{3}")).as_py()
    for month, number in _MONTHS.items() if spelt else ():  # 5-Jan-1980, January 5, 1980
        day = pc.replace_substring_regex(day, rf"^(\d{{1,2}})\W+{month}[a-z]*\W+(\d{{4}}|\d\d)$", rf"\1.{number}.\2")
        day = pc.replace_substring_regex(day, rf"^{month}[a-z]*\W+(\d{{1,2}})\W+(\d{{4}}|\d\d)$", rf"\1.{number}.\2")
    day = _year_first(day)
    day = pc.replace_substring_regex(day, rf"^((?:{_THIS_CENTURY})\D)", r"20\1")
    day = pc.replace_substring_regex(day, r"^(\d\d\D\d{1,2}\D)", r"19\1")
    day = pc.replace_substring_regex(day, r"^(\d{4})\D+(\d{1,2})\D+(\d{1,2})(?:\D.*)?$", r"\1-0\2-0\3")
    day = pc.replace_substring_regex(day, r"^(\d{4})-0?(\d\d)-0?(\d\d)$", r"\1\2\3")
    return _real_days(day)


_THIS_CENTURY = r"[01]\d|2[0-5]"
"""Years of two digits that are not of the last century: few customers are older than a hundred."""


def _year_first(days: pa.Array) -> pa.Array:
    """Days such as 10/27/76 and 27.10.1976 with the year in front.

    Before points stands the day. Before strokes stands what is more than twelve in some row; where that is never so, or
    as often in one place as in the other, the month. A day that is read in the wrong order is only turned round.
    """
    sign = r"\s*[./-]\s*"
    parts = pc.extract_regex(
        days, rf"^(?P<one>\d{{1,2}})(?P<sign>{sign})(?P<two>\d{{1,2}}){sign}(?P<year>\d{{4}}|\d\d)$"
    )
    one, two = (pc.cast(pc.struct_field(parts, name), pa.int8()) for name in ("one", "two"))
    year = pc.greater(one, 31)  # 80-07-01 has it in front
    first, second = (pc.fill_null(pc.and_(pc.greater(each, 12), pc.invert(year)), False) for each in (one, two))
    day_first = (pc.sum(first).as_py() or 0) > (pc.sum(second).as_py() or 0)
    dotted = pc.match_substring(pc.struct_field(parts, "sign"), ".")
    turned = pc.or_(first, pc.and_(pc.or_(dotted, day_first), pc.invert(second)))
    texts = {name: pc.struct_field(parts, name) for name in ("one", "two", "year")}
    dash = pa.scalar("-", days.type)
    american = pc.binary_join_element_wise(texts["year"], texts["one"], texts["two"], dash)
    others = pc.binary_join_element_wise(texts["year"], texts["two"], texts["one"], dash)
    read = pc.coalesce(pc.if_else(turned, others, american), days)
    return pc.if_else(pc.fill_null(year, False), days, read)


def birthdays(texts: pa.Array, parts: tuple[pa.Array, pa.Array, pa.Array], id_numbers: pa.Array) -> pa.Array:
    """Days of birth as `YYYYMMDD`, dashes for what is not known: the day itself, else its parts, else that of a number.

    The seventh to fourteenth digit of a Chinese identity number is the birthday of its holder.
    """
    year, month, day = (pc.replace_substring_regex(fold(each), r"\.0*$", "") for each in parts)
    year = pc.if_else(pc.match_substring_regex(year, r"^\d{4}$"), year, None)
    month, day = (
        pc.if_else(pc.match_substring_regex(each, r"^\d{1,2}$"), pc.utf8_lpad(each, 2, "0"), None)
        for each in (month, day)
    )
    known = pc.or_(pc.is_valid(year), pc.and_(pc.is_valid(month), pc.is_valid(day)))
    empty = pa.scalar("", texts.type)
    whole = pc.binary_join_element_wise(
        pc.fill_null(year, "----"), pc.fill_null(month, "--"), pc.fill_null(day, "--"), empty
    )
    number = pc.extract_regex(fold(id_numbers), r"^\d{6}(?P<x>(?:19|20)\d{6})\d{3}[\dx]$")
    told = pc.replace_substring_regex(dates(texts), "0101$", "----")  # 1 January is how people write a year alone
    return pc.coalesce(
        told,
        pc.replace_substring_regex(_real_days(pc.if_else(pc.fill_null(known, False), whole, None)), "0101$", "----"),
        _real_days(pc.struct_field(number, "x")),
    )


_MONTHS = {
    "jan": "01", "feb": "02", "mar": "03", "apr": "04", "may": "05", "jun": "06",
    "jul": "07", "aug": "08", "sep": "09", "oct": "10", "nov": "11", "dec": "12",
}  # fmt: skip


def _real_days(days: pa.Array) -> pa.Array:
    """The days, with null for what is none and for those that stand for an unknown one."""
    real = pc.and_(
        pc.match_substring_regex(days, r"^(?:\d{4}|-{4})(?:\d\d|--)(?:\d\d|--)$"),
        pc.invert(pc.match_substring_regex(days, "^(19000101|0000)")),
    )
    return pc.if_else(pc.fill_null(real, False), days, pa.scalar(None, days.type))
