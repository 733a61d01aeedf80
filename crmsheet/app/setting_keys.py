"""Every setting: its name, what it means, and what it may be - in `crmsheet.toml` and in the environment alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from crmsheet.core.context import Settings
from crmsheet.core.messages import N_, Message

PREFIX = "CRMSHEET_"
_LETTERS = re.compile("[A-Z]{1,3}")
_DAYS = re.compile(r"\s*([A-Z])\s*[=:]\s*(\d+)\s*")


@dataclass(frozen=True, slots=True)
class Form:
    """What a value may be: in words, as a test, and how the text of an environment variable is read.

    `read` gives the text itself where it cannot be read; the test refuses it then.
    """

    expected: Message
    fits: Callable[[Any], bool]
    read: Callable[[str], Any] = str


@dataclass(frozen=True, slots=True)
class Key:
    """A setting: its name in the file, the field of `Settings` that holds it, its form and its meaning."""

    name: str
    field: str
    form: Form
    meaning: str

    @property
    def variable(self) -> str:
        """Its name in the environment: `nightly.merge` is CRMSHEET_NIGHTLY_MERGE."""
        return PREFIX + self.name.replace(".", "_").upper()

    @property
    def default(self) -> Any:
        """The value where nobody says anything."""
        return getattr(Settings(), self.field)


def spelt(value: Any) -> str:
    """A value as its environment variable would give it."""
    if isinstance(value, Mapping):
        return ",".join(f"{name}={days}" for name, days in value.items())
    return ",".join(value) if isinstance(value, tuple | list) else str(value)


def _text(example: str) -> Form:
    return Form(Message(N_("a text like {example}"), {"example": example}), lambda value: isinstance(value, str))


def _form(pattern: str, expected: str, example: str) -> Form:
    """A text of a fixed form."""
    return Form(
        Message(expected, {"example": example}),
        lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None,
    )


def _one_of(*choices: str) -> Form:
    """One of some words; the empty one is left unsaid: it means that nothing is chosen."""
    said = ", ".join(filter(None, choices))
    return Form(
        Message(N_("one of {choices}"), {"choices": said}), lambda value: isinstance(value, str) and value in choices
    )


def _number(kind: type[int | float]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return kind(text.strip())
        except ValueError:
            return text

    return read


def _whole(least: int, example: int) -> Form:
    return Form(
        Message(N_("a whole number from {least} up, like {example}"), {"least": least, "example": example}),
        lambda value: type(value) is int and value >= least,  # True is an int too
        _number(int),
    )


def _share(example: float) -> Form:
    """A share of the whole."""
    return Form(
        Message(N_("a number between 0 and 1, like {example}"), {"example": example}),
        lambda value: type(value) in (int, float) and 0 <= value <= 1,
        _number(float),
    )


def _read_days(text: str) -> Any:
    """`A=7,B=30` as a mapping, or the text where it is none."""
    parts = [_DAYS.fullmatch(each) for each in text.split(",")]
    return {each[1]: int(each[2]) for each in parts if each} if all(parts) else text


def _are_days(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) <= set(Settings().cadence)
        and all(type(days) is int and days > 0 for days in value.values())
    )


_TEXTS = Form(
    Message(N_('texts like ["ERP", "官网"]')),
    lambda value: isinstance(value, list | tuple) and all(isinstance(each, str) for each in value),
    lambda text: [each.strip() for each in text.split(",") if each.strip()],
)
_CADENCE = Form(Message(N_("days for A, B and C, like {{ A = 7, B = 30, C = 90 }}")), _are_days, _read_days)


def _are_rows(value: Any) -> bool:
    """One row, or rows that stand right below each other; 0 alone says that there is none."""
    if isinstance(value, list):
        return bool(value) and all(map(_is_row, value)) and value == list(range(value[0], value[0] + len(value)))
    return type(value) is int and value >= 0


def _is_row(value: Any) -> bool:
    return type(value) is int and value > 0


KEYS: Mapping[str, Key] = MappingProxyType(
    {
        key.name: key
        for key in (
            Key("book", "book", _text("客户关系管理书.xlsx"), N_("The book, where a command is given none.")),
            Key("actor", "actor", _text("李雷"), N_("Who works here, by name or staff number as in the book.")),
            Key("lang", "lang", _one_of("zh", "en", ""), N_("The language that crmsheet speaks.")),
            Key(
                "region",
                "region",
                _form("[A-Z]{2}", N_("two capital letters like {example} (ISO 3166)"), "CN"),
                N_("The home region of phone numbers."),
            ),
            Key(
                "currency",
                "currency",
                _form("[A-Z]{3}", N_("three capital letters like {example} (ISO 4217)"), "CNY"),
                N_("The currency of amounts that name none."),
            ),
            Key(
                "phone_form",
                "phone_form",
                _one_of("national", "international", "e164"),
                N_("How phone numbers of the home region are written."),
            ),
            Key(
                "date_order",
                "date_order",
                _one_of("dmy", "mdy", "ymd", ""),
                N_("How a date like 5/1/24 is meant; without it crmsheet asks and never guesses."),
            ),
            Key(
                "key_prefix",
                "key_prefix",
                _form("[A-Za-z][A-Za-z_-]*", N_("Latin letters like {example}"), "K"),
                N_("The beginning of keys that are proposed for a book without any."),
            ),
            Key(
                "returns",
                "returns",
                _one_of("negative", "marked"),
                N_("Whether returned goods are negative amounts, or positive ones marked as returns."),
            ),
            Key(
                "dedupe.trusted_sources",
                "trusted_sources",
                _TEXTS,
                N_("Sources of customers whose values count most in a merge, the most trusted first."),
            ),
            Key(
                "nightly.merge",
                "merge",
                _one_of("review", "sure"),
                N_("Whether the night run merges sure duplicates, or leaves all of them to people."),
            ),
            Key(
                "nightly.budget_rows",
                "budget_rows",
                _share(0.02),
                N_("The share of rows whose meaning one run may change."),
            ),
            Key("nightly.budget_merges", "budget_merges", _whole(0, 20), N_("Merges that one run may make.")),
            Key("tier.a", "tier_a", _share(0.8), N_("The share of revenue up to which customers are A.")),
            Key("tier.b", "tier_b", _share(0.95), N_("The share of revenue up to which customers are B.")),
            Key("tier.months", "tier_months", _whole(1, 12), N_("Months of revenue that grades look at.")),
            Key("followup.cadence", "cadence", _CADENCE, N_("Days between contacts, by grade.")),
            Key(
                "followup.horizon_days",
                "horizon_days",
                _whole(0, 7),
                N_("Also list who is due within so many days."),
            ),
            Key(
                "followup.stale_days",
                "stale_days",
                _whole(1, 180),
                N_("A customer without contact for more days is a finding."),
            ),
            Key(
                "history.daily",
                "keep_daily",
                _whole(0, 14),
                N_("Days of which `history prune` keeps the last version."),
            ),
            Key(
                "history.weekly",
                "keep_weekly",
                _whole(0, 8),
                N_("Weeks of which `history prune` keeps the last version."),
            ),
            Key(
                "history.monthly",
                "keep_monthly",
                _whole(0, 24),
                N_("Months of which `history prune` keeps the last version."),
            ),
        )
    }
)
"""The settings by their names, in the order of the docs."""

LAYOUT = "layout"
_HEADER = Form(
    Message(N_("a row like 3, rows below each other like [3, 4], or 0 where the sheet is no table")), _are_rows
)
_FILL = Form(
    Message(N_('letters of columns like ["B"]')),
    lambda value: isinstance(value, list) and all(isinstance(each, str) and _LETTERS.fullmatch(each) for each in value),
)
_SURE = Form(Message(N_("true or false")), lambda value: isinstance(value, bool))
_LAST = Form(Message(N_("a row like 120")), _is_row)
LAYOUT_KEYS: Mapping[str, Key] = MappingProxyType(
    {
        key.name: key
        for key in (
            Key("header", LAYOUT, _HEADER, N_("The row of the header, or its rows where it has several.")),
            Key("table", LAYOUT, _text("customers"), N_("Which table the sheet is.")),
            Key("last", LAYOUT, _LAST, N_("The last row that can be a record.")),
            Key("fill", LAYOUT, _FILL, N_("Columns whose empty cells stand for the value above them.")),
            Key("sure", LAYOUT, _SURE, N_("The sheet is read as it should be: nothing is asked about it any more.")),
        )
    }
)
"""What can be settled about one sheet, under `[layout."客户"]`."""


def key_of(name: str) -> Key | None:
    """The setting of a dotted name: one of the above, or a part of a layout such as `layout.客户.header`."""
    if name in KEYS:
        return KEYS[name]
    within, _, part = name.rpartition(".")
    known = LAYOUT_KEYS.get(part) if within.startswith(f"{LAYOUT}.") else None
    return known and replace(known, name=name)
