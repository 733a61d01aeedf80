"""Words as values: a message is an English template and its arguments; the language comes at the end.

The English template is the gettext message id, so English needs no catalogue and Chinese is `zh.po`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Labels: TypeAlias = Mapping[str, str]
"""Words given in every language by a schema or a template: `{"zh": ..., "en": ...}`."""


@dataclass(frozen=True, slots=True)
class Message:
    """An English template with named places, and what goes into them (arguments may be messages)."""

    template: str
    arguments: Mapping[str, object] = field(default_factory=dict)


Text: TypeAlias = str | Message | Labels


@dataclass(frozen=True, slots=True)
class Speech:
    """How to say things in one language: its name, and the look-up from an English template."""

    lang: str
    translate: Callable[[str], str]

    def say(self, text: object) -> str:
        """The words of a text in this language; anything else as `str`, empty for None."""
        if isinstance(text, Message):
            arguments = {name: self.argument(value) for name, value in text.arguments.items()}
            return self.translate(text.template).format_map(arguments)
        if isinstance(text, Mapping):
            return str(text.get(self.lang) or next(iter(text.values()), ""))
        return "" if text is None else str(text)

    def argument(self, value: object) -> object:
        """An argument as `format` shall see it: numbers keep their type, so `{n:,}` works."""
        return value if isinstance(value, int | float) else self.say(value)


def N_(template: str) -> str:  # noqa: N802  (the gettext convention)
    """Marks a template for the catalogue without translating it yet."""
    return template
