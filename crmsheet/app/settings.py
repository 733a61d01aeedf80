"""Settings: the defaults of `core.context.Settings`, then `crmsheet.toml`, then the environment, then flags."""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crmsheet.core.context import Settings
from crmsheet.core.errors import SettingsError
from crmsheet.core.messages import N_, Message

FILE = "crmsheet.toml"
KEYS: Mapping[str, str] = {
    "book": "book",
    "actor": "actor",
    "lang": "lang",
    "region": "region",
    "currency": "currency",
    "phone_form": "phone_form",
    "date_order": "date_order",
    "key_prefix": "key_prefix",
    "returns": "returns",
    "nightly.merge": "merge",
    "nightly.budget_rows": "budget_rows",
    "nightly.budget_merges": "budget_merges",
    "tier.a": "tier_a",
    "tier.b": "tier_b",
    "tier.months": "tier_months",
    "followup.cadence": "cadence",
    "followup.horizon_days": "horizon_days",
    "followup.stale_days": "stale_days",
}
"""Dotted key in the file -> field of Settings."""

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "lang": ("zh", "en", ""),
    "phone_form": ("national", "international", "e164"),
    "date_order": ("", "dmy", "mdy", "ymd"),
    "returns": ("negative", "marked"),
    "merge": ("review", "sure"),
}


def find_settings(start: Path) -> Path | None:
    """The nearest `crmsheet.toml` in a folder or its parents."""
    folder = start if start.is_dir() else start.parent
    for each in (folder.absolute(), *folder.absolute().parents):
        if (each / FILE).is_file():
            return each / FILE
    return None


def load_settings(path: Path | None) -> Settings:
    """The settings of a file over the defaults.

    Raises:
        SettingsError: the file is no TOML, has an unknown key, or a value of the wrong kind; with the line.
    """
    if path is None:
        return Settings()
    try:
        text = path.read_text(encoding="utf-8-sig")
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise _wrong(
            path,
            int(line[1]) if line else 1,
            Message(N_("this is not TOML ({detail})"), {"detail": str(error)}),
            Message(N_("Correct the line, or remove it to use the default.")),
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(
            path,
            1,
            Message(N_("the file cannot be read ({detail})"), {"detail": str(error)}),
            Message(N_("Save it as UTF-8 text.")),
        ) from error
    changes: dict[str, Any] = {}
    for key, value in _flat(given):
        name = _field(path, text, key)
        changes[name] = _checked(path, text, key, value)
    if "book" in changes:
        changes["book"] = str(path.parent / changes["book"])
    return dataclasses.replace(Settings(), **changes)


def language(flag: str, settings: Settings) -> str:
    """The language to speak: the flag, CRMSHEET_LANG, the settings, then the locale; zh or en."""
    chosen = flag or os.environ.get("CRMSHEET_LANG", "") or settings.lang
    if not chosen:
        chosen = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if chosen.lower().startswith(("zh", "chinese")) else "en"


def _flat(given: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in given.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and key not in KEYS:
            pairs += _flat(value, f"{key}.")
        else:
            pairs.append((key, value))
    return pairs


def _field(path: Path, text: str, key: str) -> str:
    if key in KEYS:
        return KEYS[key]
    names = {each.rpartition(".")[2]: each for each in KEYS}
    near = difflib.get_close_matches(key, KEYS, 1) or [
        names[each] for each in difflib.get_close_matches(key.rpartition(".")[2], names, 1)
    ]
    advice = (
        Message(N_("Did you mean `{near}`?"), {"near": near[0]})
        if near
        else Message(N_("Known keys: {known}."), {"known": ", ".join(KEYS)})
    )
    raise _wrong(path, _line(text, key), Message(N_("there is no setting `{key}`"), {"key": key}), advice)


def _checked(path: Path, text: str, key: str, value: Any) -> Any:
    name = KEYS[key]
    default = getattr(Settings(), name)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if isinstance(default, Mapping):
        fits = isinstance(value, dict) and all(isinstance(days, int) and days > 0 for days in value.values())
        if fits and set(value) <= set(default):
            return {**default, **value}
        expected = Message(N_("days for A, B and C, such as {{ A = 7, B = 30, C = 90 }}"))
    elif name in ALLOWED:
        if value in ALLOWED[name]:
            return value
        expected = Message(N_("one of {choices}"), {"choices": ", ".join(each or '""' for each in ALLOWED[name])})
    elif type(value) is type(default) and not (isinstance(value, int | float) and value < 0):
        return value
    else:
        expected = Message(N_("a value like {example}"), {"example": repr(default).lower()})
    problem = Message(N_("`{key}` is {value}"), {"key": key, "value": repr(value)})
    raise _wrong(path, _line(text, key), problem, Message(N_("It must be {expected}."), {"expected": expected}))


def _line(text: str, key: str) -> int:
    """The line on which a dotted key stands, found again in the text: tomllib keeps no places."""
    table, _, name = key.rpartition(".")
    within = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[([^\]]+)\]", line)
        if header:
            within = header[1].strip()
            continue
        names = (name,) if within == table else (key, *([table] if table else []))
        if any(re.match(rf"\s*[\"']?{re.escape(each)}[\"']?\s*=", line) for each in names):
            return number
    return 1


def _wrong(path: Path, line: int, problem: Message, advice: Message) -> SettingsError:
    return SettingsError(path=str(path), line=line, problem=problem, advice=advice)
