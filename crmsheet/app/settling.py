"""Lines that `adopt` adds to `crmsheet.toml`; what stands there already stays byte for byte, comments too."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crmsheet.app.setting_keys import LAYOUT
from crmsheet.app.settings import seen
from crmsheet.core.errors import SettingsError
from crmsheet.core.messages import N_, Message

Parts = Mapping[str, Any]
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SECTION = re.compile(r"^[ \t]*\[", re.MULTILINE)
_CROWDED = N_("lines cannot be added to it without changing what it says")
_BY_HAND = N_("Add them by hand, then run the command again: {lines}")


def lines(top: Parts, layouts: Mapping[str, Parts]) -> list[str]:
    """The lines that say this, as a settings file would have them."""
    said = [f"{name} = {_value(value)}" for name, value in top.items()]
    for sheet, parts in layouts.items():
        said += ([""] if said else []) + [_header(sheet), *(f"{name} = {_value(each)}" for name, each in parts.items())]
    return said


def settled(path: Path, text: str, top: Parts, layouts: Mapping[str, Parts]) -> str:
    """The text of a settings file with more said: single settings before its first section, sections at its end.

    Raises:
        SettingsError: it is written in a way to which nothing can be added.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    made = text
    for sheet, parts in layouts.items():
        made = _with_layout(made, sheet, parts, newline)
    if top:
        first = _SECTION.search(made)
        at = first.start() if first else len(made)
        more = newline.join(lines(top, {})) + newline
        made = _ended(made[:at], newline) + more + (newline if first else "") + made[at:]
    if not _says(made, text, top, layouts):
        by_hand = Message(_BY_HAND, {"lines": "; ".join(filter(None, lines(top, layouts)))})
        raise SettingsError(path=seen(path), line=1, problem=Message(_CROWDED), advice=by_hand)
    return made


def _with_layout(text: str, sheet: str, parts: Parts, newline: str) -> str:
    """The text with a sheet's layout: in its section where there is one, else in a new one at the end."""
    more = newline.join(lines(parts, {}))
    names = "|".join(map(re.escape, dict.fromkeys((f'"{sheet}"', f"'{sheet}'", sheet))))
    section = re.search(rf"^[ \t]*\[[ \t]*{LAYOUT}[ \t]*\.[ \t]*(?:{names})[ \t]*\][^\r\n]*", text, re.MULTILINE)
    if section:
        return text[: section.end()] + newline + more + text[section.end() :]
    gap = newline if text.strip() else ""
    return _ended(text, newline) + gap + _header(sheet) + newline + more + newline


def _ended(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline


def _says(made: str, text: str, top: Parts, layouts: Mapping[str, Parts]) -> bool:
    """Whether the new text says what the old one did, and what was added."""
    try:
        now, wanted = tomllib.loads(made.removeprefix("\ufeff")), tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return False
    wanted |= top
    for sheet, parts in layouts.items():
        wanted.setdefault(LAYOUT, {}).setdefault(sheet, {}).update(parts)
    return now == wanted


def _header(sheet: str) -> str:
    return f"[{LAYOUT}.{sheet if _BARE.fullmatch(sheet) else _quoted(sheet)}]"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    """A text as TOML writes it between quotes."""
    return '"' + "".join(_escaped(text)) + '"'


def _escaped(text: str) -> Iterator[str]:
    for each in text:
        yield f"\\{each}" if each in '"\\' else f"\\u{ord(each):04x}" if ord(each) < 32 or ord(each) == 127 else each
