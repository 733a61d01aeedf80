"""The checks that a schema may ask of a field: pandera's names, their arguments, and the rule that a failure gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from crmsheet.schema import cards


@dataclass(frozen=True, slots=True)
class CheckForm:
    """A check of pandera: the arguments that it needs, those that it may have, and the code of its findings."""

    code: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


CHECKS: Mapping[str, CheckForm] = MappingProxyType(
    {
        "greater_than": CheckForm(cards.OUT_OF_RANGE.code, ("min_value",)),
        "greater_than_or_equal_to": CheckForm(cards.OUT_OF_RANGE.code, ("min_value",)),
        "less_than": CheckForm(cards.OUT_OF_RANGE.code, ("max_value",)),
        "less_than_or_equal_to": CheckForm(cards.OUT_OF_RANGE.code, ("max_value",)),
        "in_range": CheckForm(cards.OUT_OF_RANGE.code, ("min_value", "max_value"), ("include_min", "include_max")),
        "str_matches": CheckForm(cards.WRONG_FORM.code, ("pattern",)),
        "str_length": CheckForm(cards.WRONG_LENGTH.code, (), ("min_value", "max_value")),
        "isin": CheckForm(cards.NOT_ALLOWED.code, ("allowed_values",)),
        "notin": CheckForm(cards.NOT_ALLOWED.code, ("forbidden_values",)),
    }
)
