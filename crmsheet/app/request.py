"""What every command is asked with; the command line fills it, so that no room asks the clock or the terminal."""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsheet.core.messages import Message, Text


def _silent(step: Message) -> None:
    """Tells nobody about a step."""


def _unasked() -> None:
    """Nobody is asked."""


@dataclass(frozen=True, slots=True)
class Request:
    """`now` is the local time of the request and `today` the day that lateness is counted from.

    `tell` hears of each step as it begins, and `pause` that a person is asked now, while no step is slow. `choose` asks
    a person which of several is meant (a question and the choices; the place of the chosen one); None where nobody can
    be asked. `wait` is how many seconds a write waits for programs that have the book open.
    """

    now: dt.datetime
    today: dt.date
    book: Path | None = None
    lang: str = ""
    reveal: bool = False
    actor: str = ""
    tell: Callable[[Message], None] = _silent
    pause: Callable[[], None] = _unasked
    choose: Callable[[Text, Sequence[Text]], int] | None = None
    wait: float = 0.0

    @property
    def at(self) -> str:
        """The time as the history keeps it: to the second, with the time zone."""
        return self.now.isoformat(timespec="seconds")


def login() -> str:
    """The name of the login, '' in a container without a user database."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
