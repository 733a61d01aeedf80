"""What a renderer is, and the words of values that all of them share."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from crmsheet.core.messages import Speech
from crmsheet.core.outcome import Outcome

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
FORMATS = ("text", "json", "md", "html")
"""The formats that outcomes are shown in; `renderers` imports only the one that is asked for."""
TABLE = "csv"
"""The format of outcomes that have a table for programs."""


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
        if name not in (*FORMATS, TABLE):
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
    said = words(value, speech).replace("\n", " ⏎ ").replace("\t", " ")
    return _CONTROL.sub("", said)


def words(value: Any, speech: Speech) -> str:
    """A value in words; numbers of a report have their thousands separated."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value:
        return f"{value:,.2f}" if value % 1 else f"{value:,.0f}"
    return speech.say(value)
