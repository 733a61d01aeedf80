"""Settings in layers: defaults, the surroundings (login, locale), `crmsheet.toml`, the environment, the command line.

Each layer gives values with their sources, and a later one wins: what `crmsheet settings` says of a value is what the
commands work with.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from crmsheet.app.request import Request
from crmsheet.app.setting_keys import KEYS, LAYOUT, LAYOUT_KEYS, PREFIX, Key, key_of
from crmsheet.core.context import Settings
from crmsheet.core.errors import NoBook, SettingsError, VariableWrong
from crmsheet.core.messages import N_, Message

FILE = "crmsheet.toml"
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
NOT_SETTINGS = frozenset({"CRMSHEET_DEBUG", "CRMSHEET_E2E"})
_ALIKE = 0.66
"""How alike a variable must be to a setting before it is taken for a slip; others are somebody else's."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: `template` says it; `place` is a flag, a variable or a file, `line` one of the file."""

    template: str
    place: str = ""
    line: int = 0

    @property
    def text(self) -> Message:
        """In words."""
        return Message(self.template, {"place": self.place, "line": str(self.line)})


DEFAULT = Source(N_("default"))
LOGIN = Source(N_("name of the login"))
_FLAG, _ARGUMENT, _VARIABLE = N_("flag {place}"), N_("argument {place}"), N_("environment {place}")
_IN_FILE, _LOCALE = N_("{place}:{line}"), N_("locale {place}")

Layer: TypeAlias = Mapping[str, tuple[Any, Source]]
"""Key -> what a layer says, and where."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings that hold, the source of each by its key, the file among them, and variables that mean nothing."""

    settings: Settings
    sources: Mapping[str, Source]
    file: Path | None
    folder: Path
    ignored: tuple[str, ...] = ()


def find_settings(start: Path) -> Path | None:
    """The nearest `crmsheet.toml` in a folder or its parents."""
    folder = start if start.is_dir() else start.parent
    for each in (folder.absolute(), *folder.absolute().parents):
        if (each / FILE).is_file():
            return each / FILE
    return None


def seen(path: Path) -> str:
    """A path as it is seen from this folder: relative where it lies below, else whole."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def resolve(
    book: Path | None = None, lang: str = "", login: str = "", environment: Mapping[str, str] | None = None
) -> Resolved:
    """The settings that hold for a book (or for this folder), each from the highest layer that gives it.

    Raises:
        SettingsError: the file is no TOML, or has an unknown key or a wrong value; with the line.
        VariableWrong: the same of an environment variable.
    """
    environment = os.environ if environment is None else environment
    variables, ignored = _variables(environment)
    named = book or (Path(variables["book"][0]) if "book" in variables else None)
    folder = named.absolute().parent if named else Path.cwd()
    file = find_settings(folder)
    layers = (_surroundings(login, environment), _file(file) if file else {}, variables, _command_line(book, lang))
    values = {key.name: key.default for key in KEYS.values()}
    sources = dict.fromkeys(KEYS, DEFAULT)
    for name, (value, source) in (each for layer in layers for each in layer.items()):
        values[name] = {**values[name], **value} if isinstance(value, Mapping) else value
        sources[name] = source
    _refuse_crossed_tiers(values, sources)
    fields = {KEYS[name].field: values[name] for name in KEYS}
    settings = dataclasses.replace(Settings(), **fields, layout=_layouts(values))
    return Resolved(settings, sources, file, folder, ignored)


def _layouts(values: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Sheet -> what is settled about it, from the dotted names."""
    found: dict[str, dict[str, Any]] = {}
    for name in values:
        if name not in KEYS:
            sheet, _, part = name.removeprefix(f"{LAYOUT}.").rpartition(".")
            found.setdefault(sheet, {})[part] = values[name]
    return found


def book_path(request: Request) -> tuple[Path, Settings]:
    """The book that a request is about, and the settings that hold for it.

    Raises:
        NoBook: none was named anywhere.
        SettingsError: the settings are wrong.
    """
    settings = resolve(request.book, request.lang, request.actor).settings
    if not settings.book:
        raise NoBook
    return Path(settings.book), settings


def locale_language(environment: Mapping[str, str]) -> tuple[str, Source]:
    """The language of the locale, zh or en, and the variable that says so."""
    name = next((each for each in LOCALE if environment.get(each)), "")
    spoken = environment.get(name, "").lower()
    source = Source(_LOCALE, f"{name}={environment[name]}") if name else DEFAULT
    return "zh" if spoken.startswith(("zh", "chinese")) else "en", source


def _surroundings(login: str, environment: Mapping[str, str]) -> Layer:
    """What is known of whoever asks without being told."""
    return {"lang": locale_language(environment)} | ({"actor": (login, LOGIN)} if login else {})


def _command_line(book: Path | None, lang: str) -> Layer:
    given = {"lang": (lang, Source(_FLAG, "--lang")), "book": (str(book or ""), Source(_ARGUMENT, "BOOK"))}
    return {name: each for name, each in given.items() if each[0]}


def _variables(environment: Mapping[str, str]) -> tuple[Layer, tuple[str, ...]]:
    """What the environment says, and its variables that look like ours and are like none of ours."""
    known = {key.variable: key for key in KEYS.values()}
    said: dict[str, tuple[Any, Source]] = {}
    ignored = []
    for name in sorted(each for each in environment if each.startswith(PREFIX) and each not in NOT_SETTINGS):
        source = Source(_VARIABLE, name)
        if name not in known:
            near = _nearest(name.removeprefix(PREFIX), (each.removeprefix(PREFIX) for each in known), "_")
            if near:
                _refuse(source, Message(N_("there is no such setting")), _meant(PREFIX + near))
            ignored.append(name)
        elif environment[name]:
            key = known[name]
            said[key.name] = _checked(key, key.form.read(environment[name]), source), source
    return _spoken(said), tuple(ignored)


def _file(path: Path) -> Layer:
    """What a settings file says; the book that it names stands beside it."""
    text, given = _read(path)
    said: dict[str, tuple[Any, Source]] = {}
    for name, value in _flat(given):
        source = Source(_IN_FILE, seen(path), _line(text, name))
        key = key_of(name)
        if key is None:
            _refuse(source, Message(N_("there is no setting `{key}`"), {"key": name}), _meant_key(name))
        said[name] = _checked(key, value, source), source
    said = dict(_spoken(said))
    if "book" in said:
        said["book"] = str(path.parent / said["book"][0]), said["book"][1]
    return said


def _spoken(said: Layer) -> Layer:
    """Without empty texts: they say that the layer below decides."""
    return {name: each for name, each in said.items() if each[0] != ""}


def _read(path: Path) -> tuple[str, Mapping[str, Any]]:
    """The text of a settings file, and what it holds."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        _refuse(
            Source(_IN_FILE, seen(path), int(line[1]) if line else 1),
            Message(N_("this is not TOML ({detail})"), {"detail": str(error)}),
            Message(N_("Correct the line, or remove it to use the default.")),
            error,
        )
    except (OSError, UnicodeDecodeError) as error:
        _refuse(
            Source(_IN_FILE, seen(path), 1),
            Message(N_("the file cannot be read ({detail})"), {"detail": str(error)}),
            Message(N_("Save it as UTF-8 text.")),
            error,
        )


def _flat(given: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in given.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and key not in KEYS:
            pairs += _flat(value, f"{key}.")
        else:
            pairs.append((key, value))
    return pairs


def _checked(key: Key, value: Any, source: Source) -> Any:
    """A value that fits its key, a whole number as a share where one is meant, several as a tuple."""
    if not key.form.fits(value):
        problem = Message(N_("`{key}` is {value}"), {"key": key.name, "value": repr(value)})
        _refuse(source, problem, Message(N_("It must be {expected}."), {"expected": key.form.expected}))
    kind = type(key.default)
    return kind(value) if kind in (float, tuple) else value


def _refuse_crossed_tiers(values: Mapping[str, Any], sources: Mapping[str, Source]) -> None:
    """A must end where B begins, or before."""
    if values["tier.a"] > values["tier.b"]:
        given = next(sources[name] for name in ("tier.a", "tier.b") if sources[name] != DEFAULT)
        facts = {"a": repr(values["tier.a"]), "b": repr(values["tier.b"])}
        advice = Message(N_("`tier.b` counts the revenue of A and B together, so it must not be less than `tier.a`."))
        _refuse(given, Message(N_("`tier.a` is {a} and `tier.b` is {b}"), facts), advice)


def _meant_key(name: str) -> Message:
    if name.startswith(f"{LAYOUT}."):
        facts = {"known": ", ".join(LAYOUT_KEYS), "example": '[layout."客户"]'}
        return Message(N_("Under {example}, with the name of the sheet, there may stand: {known}."), facts)
    near = _nearest(name, KEYS, ".")
    return _meant(near) if near else Message(N_("Known keys: {known}."), {"known": ", ".join(KEYS)})


def _meant(near: str) -> Message:
    return Message(N_("Did you mean `{near}`?"), {"near": near})


def _nearest(name: str, known: Iterable[str], mark: str) -> str:
    """The known name that is most like another, as a whole or by its last part; '' where none is."""
    whole = {each: each for each in known}
    parts = {each.partition(mark)[2]: each for each in whole if mark in each}
    alike = difflib.get_close_matches(name, whole, 1, _ALIKE) or difflib.get_close_matches(
        name.rpartition(mark)[2], parts, 1, _ALIKE
    )
    return {**parts, **whole}[alike[0]] if alike else ""


def _line(text: str, key: str) -> int:
    """The line on which a dotted key stands, found again in the text: tomllib keeps no places."""
    table, _, name = key.rpartition(".")
    within = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[([^\]]+)\]", line)
        if header:
            within = re.sub("[\"']", "", header[1]).strip()
            if within == key:
                return number
            continue
        names = (name,) if within == table else (key, *([table] if table else []))
        if any(re.match(rf"\s*[\"']?{re.escape(each)}[\"']?\s*=", line) for each in names):
            return number
    return 1


def _refuse(source: Source, problem: Message, advice: Message, cause: Exception | None = None) -> NoReturn:
    """Raises what fits the source."""
    if source.line:
        raise SettingsError(path=source.place, line=source.line, problem=problem, advice=advice) from cause
    raise VariableWrong(name=source.place, problem=problem, advice=advice) from cause
