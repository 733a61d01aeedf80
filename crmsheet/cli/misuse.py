"""A command line that was not understood, in our words where the parser gives the facts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from crmsheet.core.messages import N_, Message

if TYPE_CHECKING:
    import typer

_NO_COMMAND = re.compile(r"No such command '(.*?)'")
_NO_CHOICE = re.compile(r"(?:Value error, )?'(.*)' is not one of (.*?)\.?")
_NO_VALUE = re.compile(r"Option '(.*?)' requires (?:(\d+)|an) arguments?")
_NO_VALUE_WANTED = re.compile(r"Option '(.*?)' does not take a value")
_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)


def problem(error: typer.TyperException, commands: Collection[str]) -> Message | str:
    """What was wrong with the command line."""
    match type(error).__name__:
        case "NoSuchOption":
            return _no_option(error)
        case "MissingParameter":
            return Message(N_("{name} is missing"), {"name": _parameter(error)})
        case "BadParameter":
            return _no_fit(error)
    return _as_said(error.format_message(), commands)


def _as_said(said: str, commands: Collection[str]) -> Message | str:
    """The problem behind a sentence of the parser, which has no exception of its own."""
    if found := _NO_COMMAND.search(said):
        near = difflib.get_close_matches(found[1], commands, 1)
        if near:
            return Message(N_("there is no command {name}, the nearest is {near}"), {"name": found[1], "near": near[0]})
        return Message(N_("there is no command {name}"), {"name": found[1]})
    if said.startswith("Missing command"):
        return Message(N_("a command is missing"))
    if found := _NO_VALUE.search(said):
        if found[2]:
            return Message(N_("{name} needs {count} values"), {"name": found[1], "count": int(found[2])})
        return Message(N_("{name} needs a value"), {"name": found[1]})
    if found := _NO_VALUE_WANTED.search(said):
        return Message(N_("{name} takes no value"), {"name": found[1]})
    if found := _EXTRA.search(said):
        return Message(N_("{name} is too much; put a path with spaces between quotes"), {"name": found[1]})
    return said.rstrip(".")


def _no_option(error: typer.TyperException) -> Message:
    name = getattr(error, "option_name", "")
    near = difflib.get_close_matches(name, getattr(error, "possibilities", None) or (), 1)
    if near:
        return Message(N_("there is no option {name}, the nearest is {near}"), {"name": name, "near": near[0]})
    return Message(N_("there is no option {name}"), {"name": name})


def _no_fit(error: typer.TyperException) -> Message:
    said = str(getattr(error, "message", ""))
    if found := _NO_CHOICE.fullmatch(said):
        facts = {"name": _parameter(error), "value": found[1], "choices": found[2].replace("'", "")}
        return Message(N_("{name} cannot be {value}, only {choices}"), facts)
    if "valid integer" in said:
        return Message(N_("{name} must be a whole number"), {"name": _parameter(error)})
    return Message(N_("the value of {name} does not fit ({detail})"), {"name": _parameter(error), "detail": said})


def _parameter(error: typer.TyperException) -> str:
    """The parameter as the user writes it: `--format`, or BOOK."""
    parameter = getattr(error, "param", None)
    options = [each for each in getattr(parameter, "opts", ()) if each.startswith("--")]
    return options[0] if options else str(getattr(parameter, "metavar", None) or getattr(parameter, "name", ""))
