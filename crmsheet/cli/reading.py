"""Words of the command line to values: what needs no thought is read here, the rest by Typer.

Typer reads every value by a pydantic validator that it builds at each start, which costs a sixth of `import pandas`. A
house test holds that both read alike; where Typer changes inside, its own way is taken again.
"""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import Any

_OWN = "_runtime_param"
"""Where a parameter of Typer keeps what reads its values, None until it is first asked."""


def quicken(command: Any) -> None:
    """Lets the parameters of a command and of its subcommands read plain values at once, in place."""
    for parameter in command.params:
        _quicken(parameter)
    own = command.get_help_option

    def get_help_option(context: Any) -> Any:
        """The option `--help`, which the parser makes when it is first needed."""
        return _quicken(own(context))

    command.get_help_option = get_help_option
    for child in getattr(command, "commands", {}).values():
        quicken(child)


def _quicken(parameter: Any) -> Any:
    if getattr(parameter, _OWN, "") is None:
        setattr(parameter, _OWN, _Quick())
    return parameter


class _Quick:
    """Stands where Typer keeps the validator of one parameter, until a value needs it."""

    __slots__ = ()

    def coerce(self, value: Any, *, param: Any, ctx: Any) -> Any:
        """What Typer makes of a value.

        Raises:
            typer.BadParameter: it does not fit.
        """
        kind, details = param.type_descriptor.annotation, param.type_descriptor.parameter_info
        if param.multiple or param.nargs != 1:
            if param.nargs == -1 and kind == list[str] and all(type(each) is str for each in value or ()):
                return list(value) if value is not None else ()
        elif value is None:
            return None
        elif details.parser is not None:
            return details.parser(value)
        elif isinstance(kind, type):
            if isinstance(value, str) and issubclass(kind, Enum) and (found := _choice(value, kind)) is not None:
                return found
            if type(value) is kind and issubclass(kind, Enum | str):
                return value
            if kind is Path and isinstance(value, str | Path) and _may_be(Path(value)):
                return Path(value)
        setattr(param, _OWN, None)
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _choice(word: str, kind: type[Enum]) -> Enum | None:
    return next((each for each in kind if each.value == word), None)


def _may_be(path: Path) -> bool:
    """Whether Typer takes a path without a word: nothing stands there, or something that may be read."""
    return "\0" not in str(path) and (not path.exists() or os.access(path, os.R_OK))
