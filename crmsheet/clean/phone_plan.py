"""The numbering plan of the home region, compiled from the phonenumbers library's own metadata.

The plan answers only where its answer is certainly the library's; everything else goes to the library. An oracle test
holds the two equal. Rules followed: `phonenumberutil.parse`, `is_valid_number`, `format_number` of phonenumbers 9.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType, shortnumberinfo

if TYPE_CHECKING:
    from phonenumbers.phonemetadata import NumberFormat, PhoneNumberDesc

_TYPES = (
    "mobile", "fixed_line", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail",
)  # fmt: skip
_SHORT = range(5, 9)
_LONGEST = 40
_CHINESE_MOBILE = 11


@dataclass(frozen=True, slots=True)
class Number:
    """A valid number: E.164 and the texts people read; `significant` are the digits after the trunk prefix."""

    e164: str
    national: str
    international: str
    home: bool
    significant: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The quick rules of one region; `trunk` is '0' where the trunk prefix can be stripped without thought, else ''.

    `at_sight` matches texts that are significant numbers in the book's form already: Chinese mobiles.
    """

    region: str
    country: str
    trunk: str
    abroad: re.Pattern[str]
    general: re.Pattern[str]
    known: re.Pattern[str]
    mobile: re.Pattern[str]
    at_sight: re.Pattern[str]
    format_of: re.Pattern[str]
    formats: Mapping[str, tuple[re.Pattern[str], str]]

    def significant(self, digits: str) -> str:
        """The significant digits that the library finds in a bare string of digits if quick and valid, else ''."""
        if len(digits) > _LONGEST or self.abroad.match(digits):
            return ""
        if self.trunk and digits.startswith(self.trunk):
            national = digits[1:]
            return "" if self.general.fullmatch(digits) else self.valid(national)
        return self.valid(digits)

    def valid(self, national: str) -> str:
        """The digits themselves if they are a valid significant number that nothing is stripped from, else ''."""
        return national if self.known.fullmatch(national) else ""

    def number(self, national: str) -> Number:
        """All forms of a valid significant number."""
        return Number(f"+{self.country}{national}", self.book_form(national), "", True, national)

    def book_form(self, national: str) -> str:
        """How the book writes a valid significant number of the home region."""
        if self.region == "CN" and len(national) == _CHINESE_MOBILE and self.mobile.fullmatch(national):
            return national
        return _book_form(self._formatted(national), self.region)

    def _formatted(self, national: str) -> str:
        chosen = self.format_of.match(national)
        pattern, template = self.formats[chosen.lastgroup or ""] if chosen else (None, "")
        match = pattern.fullmatch(national) if pattern else None
        return template.format(*match.groups()) if match else national


def _book_form(inland: str, region: str) -> str:
    """The national form of the book: in China 010-62345678, 400-810-1234 (mobiles: digits); elsewhere the library's."""
    if region != "CN":
        return inland
    area, *rest = inland.split(" ")
    return f"{area}-{''.join(rest)}" if area.startswith("0") and rest else inland.replace(" ", "-")


@cache  # a plan is a constant compiled from the library's metadata
def plan_of(region: str) -> Plan | None:
    """The quick plan of a region; None where the library must be asked about every number."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.country_code is None or metadata.leading_digits is not None:
        return None
    if phonenumbers.region_code_for_country_code(metadata.country_code) != region:
        return None
    prefix = metadata.national_prefix_for_parsing
    general = metadata.general_desc
    if general is None or general.national_number_pattern is None:
        return None
    abroad = rf"{metadata.country_code}|(?:{metadata.international_prefix or '(?!)'})"
    known = (
        rf"(?!0)(?!{prefix or '(?!)'})(?=(?:{general.national_number_pattern})\Z)"
        rf"(?:{'|'.join(_kind(getattr(metadata, name)) for name in _TYPES)})"
    )
    mobile = _kind(metadata.mobile)
    zero = metadata.national_prefix == "0" and metadata.national_prefix_transform_rule is None
    only_zero = zero and prefix is not None and re.fullmatch(r"(?:\(.*\)\|)?0", prefix) is not None
    return Plan(
        region=region,
        country=str(metadata.country_code),
        trunk="0" if only_zero else "",
        abroad=re.compile(abroad),
        general=re.compile(general.national_number_pattern),
        known=re.compile(known),
        mobile=re.compile(mobile),
        at_sight=re.compile(
            rf"(?=[0-9]{{{_CHINESE_MOBILE}}}\Z)(?!{abroad})(?=(?:{known})\Z)(?:{mobile})" if region == "CN" else "(?!)"
        ),
        format_of=re.compile("|".join(_leading(n, each) for n, each in enumerate(metadata.number_format)) or "(?!)"),
        formats={f"f{n}": _format(each) for n, each in enumerate(metadata.number_format)},
    )


def _kind(desc: PhoneNumberDesc | None) -> str:
    """A pattern for all numbers of a type; one that never matches where the region has none."""
    if desc is None or desc.national_number_pattern is None:
        return "(?!)"
    lengths = "|".join(rf"\d{{{length}}}" for length in desc.possible_length)
    return rf"(?=(?:{lengths or '.*'})\Z)(?:{desc.national_number_pattern})"


def _leading(number: int, each: NumberFormat) -> str:
    """A pattern that matches where a format is to be used; its one named group, empty, names the format."""
    leading = each.leading_digits_pattern[-1] if each.leading_digits_pattern else ""
    return rf"(?={leading})(?=(?:{each.pattern})\Z)(?P<f{number}>)"


def _format(each: NumberFormat) -> tuple[re.Pattern[str], str]:
    """Pattern and a template for `str.format`, the national prefix rule put into its first group."""
    template = each.format or ""
    if each.national_prefix_formatting_rule:
        rule = each.national_prefix_formatting_rule
        template = re.sub(r"(\\\d)", lambda _: rule, template, count=1)
    places = re.sub(r"\\(\d)", lambda group: f"{{{int(group[1]) - 1}}}", template)
    return re.compile(each.pattern or ""), places


def find_number(text: str, region: str) -> Number | None:
    """The valid number that a text of digits, punctuation and perhaps a leading plus means; None for none."""
    plan = plan_of(region)
    if plan is not None:
        digits = re.sub(r"[ \-().]", "", text)
        if digits.isascii() and digits.isdigit():
            national = plan.significant(digits)
        elif digits.startswith(f"+{plan.country}") and digits[1:].isascii() and digits[1:].isdigit():
            national = plan.valid(digits[1 + len(plan.country) :])
        else:
            national = ""
        if national:
            return plan.number(national)
    return ask_library(text, region)


def ask_library(text: str, region: str) -> Number | None:
    """The valid number that the library finds in a text, in all its forms; None for none."""
    try:
        found = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(found):
        return None
    home = str(found.country_code) == str(phonenumbers.country_code_for_region(region))
    significant = phonenumbers.national_significant_number(found)
    found.extension = None
    national = _book_form(phonenumbers.format_number(found, PhoneNumberFormat.NATIONAL), region) if home else ""
    if home and region == "CN" and phonenumbers.number_type(found) == PhoneNumberType.MOBILE:
        national = significant
    return Number(
        phonenumbers.format_number(found, PhoneNumberFormat.E164),
        national,
        phonenumbers.format_number(found, PhoneNumberFormat.INTERNATIONAL),
        home,
        significant,
    )


def international(number: Number) -> str:
    """The number as dialled from abroad: +44 20 7946 0018."""
    if number.international:
        return number.international
    return phonenumbers.format_number(phonenumbers.parse(number.e164, None), PhoneNumberFormat.INTERNATIONAL)


def is_hot_line(digits: str, region: str) -> bool:
    """Whether digits are a short public number of the region, such as 95588 or 12345 in China."""
    if len(digits) not in _SHORT or not digits.isascii() or not digits.isdigit() or plan_of(region) is None:
        return False
    try:
        return bool(shortnumberinfo.is_valid_short_number_for_region(phonenumbers.parse(digits, region), region))
    except phonenumbers.NumberParseException:
        return False


def length_verdict(text: str, region: str) -> str:
    """What the library says of the length of an invalid number: 'short', 'long' or ''."""
    try:
        reason = phonenumbers.is_possible_number_with_reason(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return ""
    short, long = phonenumbers.ValidationResult.TOO_SHORT, phonenumbers.ValidationResult.TOO_LONG
    return {short: "short", long: "long"}.get(reason, "")
