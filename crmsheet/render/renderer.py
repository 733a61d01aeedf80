"""What a renderer is, and the words of values that all of them share."""

from __future__ import annotations

import datetime as dt
import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from crmsheet.core.cells import CellError, Formula
from crmsheet.core.messages import Message, Speech
from crmsheet.core.outcome import Outcome

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
FORMATS = ("text", "json", "md")
"""The formats that outcomes are shown in; `renderers` imports only the one that is asked for."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where text goes: its width in columns, and whether colour is wanted."""

    width: int = 100
    colour: bool = False


@dataclass(frozen=True, slots=True)
class Renderer:
    """One output format; `render` gives text without a last line break."""

    name: str
    render: Callable[[Outcome, Speech, Terminal], str]


class _Renderers(Mapping[str, Renderer]):
    """The renderers by format name, imported when taken: `-f json` must not load rich."""

    def __getitem__(self, name: str) -> Renderer:
        if name not in FORMATS:
            raise KeyError(name)
        renderer = importlib.import_module(f"crmsheet.render.{name}_format").RENDERER
        assert isinstance(renderer, Renderer)  # noqa: S101  (a broken part is a bug)
        return renderer

    def __iter__(self) -> Any:
        return iter(FORMATS)

    def __len__(self) -> int:
        return len(FORMATS)


renderers: Mapping[str, Renderer] = MappingProxyType(_Renderers())


def plain(value: Any, speech: Speech) -> str:
    """A value as words on one line, with control characters that could steer a terminal taken out."""
    return _CONTROL.sub("", words(value, speech).replace("\n", " ⏎ ").replace("\t", " "))


def words(value: Any, speech: Speech) -> str:
    """A value in words: dates as ISO, whole numbers without `.0`, thousands separated, formulas as typed."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Formula):
        return f"={value.text}"
    if isinstance(value, CellError):
        return value.code
    return speech.say(value)


def say_message(message: Message, speech: Speech) -> str:
    """A sentence whose arguments are values of cells: each is put in as it would be shown."""
    shown = {
        name: value
        if isinstance(value, Message | Mapping) or (isinstance(value, int) and not isinstance(value, bool))
        else cell_words(value, speech)
        for name, value in message.arguments.items()
    }
    return _CONTROL.sub("", speech.say(Message(message.template, shown)))


def cell_words(value: Any, speech: Speech) -> str:
    """The content of a cell as it is: numbers without separators, so 13800138000 stays what the user typed."""
    if isinstance(value, float) and not isinstance(value, bool):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    return words(value, speech)
