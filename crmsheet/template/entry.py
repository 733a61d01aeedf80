"""What a cell accepts, and what its input message says: what goes in, in which form, with an example."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from openpyxl.worksheet.datavalidation import DataValidation

from crmsheet.core.messages import N_, Message, Speech
from crmsheet.core.schema import Field
from crmsheet.template.blueprint import Words
from crmsheet.template.choices import DropDown

TITLE_LIMIT, TEXT_LIMIT = 32, 255
"""Characters that an input message may have (ECMA-376, part 1, 18.3.1.32)."""

_REQUIRED = N_("Required.")
_DERIVED = N_("crmsheet fills this in at night; leave it empty.")
_FIXED = N_("Choose from the list.")
_OPEN = N_("Choose from the list, or write your own word; words are added on the sheet {sheet}.")
_MANY = N_("One or several from the list, with {mark} between them.")
_RECORD = N_("Choose from the list: it shows what stands on the sheet {sheet}.")
_FREE = N_("Any words.")
_EXAMPLE = N_("Example: {example}")
_BETWEEN = N_("From {min_value} to {max_value}.")
_AT_LEAST = N_("{min_value} or more.")
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "key": N_("One number for one record, never used twice; kept as text."),
        "reference": N_("The number of the record, as it stands on its own sheet."),
        "phone": N_("A phone number, kept as text; from abroad with its country code."),
        "email": N_("One e-mail address."),
        "url": N_("A web address."),
        "date": N_("A date: year, month, day."),
        "datetime": N_("A date, with the time if it matters."),
        "money": N_("An amount: digits only, without a sign of the currency."),
        "number": N_("A number."),
        "integer": N_("A whole number."),
        "percent": N_("A percentage."),
        "currency": N_("The three letters of the currency."),
        "postcode": N_("The postal code, kept as text."),
        "uscc": N_("18 characters, as on the business licence; kept as text."),
        "id_card": N_("The number of the identity card, kept as text."),
        "company": N_("The full name, as on the business licence or the invoice."),
        "person": N_("The name of a person."),
    }
)
_TELL_CHOICE = N_("{label} takes only words from its list; press Alt + ↓ to see them.")
_TELL_DATE = N_("This does not look like a date. Write it like {example}.")
_TELL_NUMBER = N_("This does not look like a number. Write digits only, like {example}.")
_NUMBERS = ("money", "number", "percent", "integer")
_DATES = ("date", "datetime")


def accepts(
    field: Field, table: str, words: Words, speech: Speech, drop_down: DropDown | None = None
) -> DataValidation:
    """The validation of a column: its drop-down, if it has one, or the form of its values; and its input message.

    What a rule forbids is stopped; what may be right after all (a date that was typed in words) is only asked about.
    """
    found = _rule(field, words, speech, drop_down)
    found.promptTitle = field.labels[speech.lang][:TITLE_LIMIT]
    found.prompt = message(field, table, words, speech, drop_down)[:TEXT_LIMIT]
    found.showInputMessage = True
    found.allow_blank = True
    return found


def message(field: Field, table: str, words: Words, speech: Speech, drop_down: DropDown | None = None) -> str:
    """What the input message of a field says."""
    if field.derived:
        return speech.say(Message(_DERIVED))
    said = [Message(_REQUIRED)] if field.required else []
    said += _form(field, drop_down, speech.lang)
    hint = words.hint(table, field.name)
    texts = [*map(speech.say, said), speech.say(hint) if hint else ""]
    example = words.examples.get(field.kind)
    if example and not drop_down:
        texts.append(speech.say(Message(_EXAMPLE, {"example": speech.say(example)})))
    gap = "" if speech.lang == "zh" else " "
    return gap.join(filter(None, texts)) or speech.say(Message(_FREE))


def _form(field: Field, drop_down: DropDown | None, lang: str) -> list[Message]:
    """What goes in: which list, which form, which range."""
    if drop_down and drop_down.of_records:
        return [Message(_RECORD, {"sheet": drop_down.sheet})]
    if drop_down and field.kind == "choices":
        return [Message(_MANY, {"mark": "、" if lang == "zh" else ","})]
    if drop_down:
        fixed = field.choices or field.kind == "bool"
        return [Message(_FIXED) if fixed else Message(_OPEN, {"sheet": drop_down.sheet})]
    said = [Message(_KINDS[field.kind])] if field.kind in _KINDS else []
    for check, text in (("in_range", _BETWEEN), ("greater_than_or_equal_to", _AT_LEAST)):
        if check in field.checks and field.kind != "percent":
            said.append(Message(text, field.checks[check]))
    return said


def _rule(field: Field, words: Words, speech: Speech, drop_down: DropDown | None) -> DataValidation:
    """The validation without its input message."""
    if drop_down:
        found = DataValidation(type="list", formula1=f"={drop_down.name}")
        # Several words in one cell, and words that are not in the rules, cannot be told from mistakes.
        if field.kind == "choice" or field.kind == "bool":
            _tell(found, "stop", Message(_TELL_CHOICE, {"label": field.labels}), field, speech)
        return found
    example = {"example": words.examples.get(field.kind, {})}
    if field.kind in _DATES:
        found = DataValidation(type="date", operator="greaterThanOrEqual", formula1="1")
        _tell(found, "warning", Message(_TELL_DATE, example), field, speech)
    elif field.kind in _NUMBERS:
        found = DataValidation(type="decimal", operator="greaterThan", formula1="-1E+15")
        found.type = "whole" if field.kind == "integer" else "decimal"
        _tell(found, "warning", Message(_TELL_NUMBER, example), field, speech)
    else:
        found = DataValidation()
    return found


def _tell(
    found: DataValidation, style: Literal["stop", "warning"], told: Message, field: Field, speech: Speech
) -> None:
    """What is said when something else is typed."""
    found.showErrorMessage, found.errorStyle = True, style
    found.errorTitle = field.labels[speech.lang][:TITLE_LIMIT]
    found.error = speech.say(told)[:TEXT_LIMIT]
