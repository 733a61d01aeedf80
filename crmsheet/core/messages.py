"""Words as values: a message is an English template and its arguments; the language comes at the end.

The English template is the gettext message id, so English needs no catalogue and Chinese is `zh.po`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from crmsheet.core.cells import CellError, Formula

EXACT = 1e15
"""Whole numbers below it are exact in a workbook's floating point."""

Labels: TypeAlias = Mapping[str, str]
"""Words given in every language by a schema or a template: `{"zh": ..., "en": ...}`."""


@dataclass(frozen=True, slots=True)
class Message:
    """An English template with named places, and what goes into them (arguments may be messages)."""

    template: str
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chain:
    """Texts in a row, with the same mark between all of them."""

    texts: tuple[Text, ...]
    between: str


Text: TypeAlias = "str | Message | Chain | Labels"


@dataclass(frozen=True, slots=True)
class Speech:
    """How to say things in one language: its name, and the look-up from an English template."""

    lang: str
    translate: Callable[[str], str]

    def say(self, text: object) -> str:
        """The words of a text in this language; anything else as the content of a cell, empty for None."""
        if isinstance(text, Message):
            arguments = {name: self._argument(value) for name, value in text.arguments.items()}
            return self.translate(text.template).format_map(arguments)
        if isinstance(text, Chain):
            return self.translate(text.between).join(self.say(each) for each in text.texts)
        if isinstance(text, Mapping):
            return str(text.get(self.lang) or next(iter(text.values()), ""))
        return cell_words(text)

    def _argument(self, value: object) -> object:
        """An argument as `format` shall see it: numbers keep their type, so `{n:,}` works."""
        if isinstance(value, bool):
            return cell_words(value)
        if isinstance(value, float):
            return _Number(value)
        return value if isinstance(value, int) else self.say(value)


class _Number(float):
    """A number that is shown as its cell shows it unless a format is asked for: 13800138000, not 13800138000.0."""

    def __format__(self, spec: str) -> str:
        return super().__format__(spec) if spec else cell_words(float(self))


def cell_words(value: object) -> str:
    """The content of a cell in words: whole numbers without `.0`, dates as ISO, formulas and errors as typed."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(float(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Formula):
        return f"={value.text}"
    return value.code if isinstance(value, CellError) else str(value)


def chained(texts: Sequence[Text], between: str) -> Chain:
    """Texts in a row; `between` is a template too: Chinese has marks of its own."""
    return Chain(tuple(texts), between)


def N_(template: str) -> str:  # noqa: N802  (the gettext convention)
    """Marks a template for the catalogue without translating it yet."""
    return template
