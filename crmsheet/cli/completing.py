"""Completion of words in bash, zsh, fish and PowerShell: what fits, in the spelling that the shell can take.

Typer speaks the protocol of each shell; what it does not do is done here: a completion fits whatever its case, a name
with spaces arrives as one word, and nothing that goes wrong disturbs the prompt.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import typer  # noqa: TC002  (Typer reads the annotations of completions)

from crmsheet.app.request import Request
from crmsheet.cli.words import with_book
from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message, Speech

VARIABLE = "_CRMSHEET_COMPLETE"
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
_INSTALLED = N_(
    "Completion for {shell} was installed in {path}. It works in every terminal that is opened from now on."
)
_NO_SHELL = N_("completion knows the shells bash, zsh, fish and PowerShell; this is {shell}")
_UNSAFE = re.compile(r"[^\w@%+,./-]")
"""What bash and PowerShell would not take as a part of a word."""
_UNSPEAKABLE = frozenset("\"'`$:\\")
"""Marks that the protocol of zsh cannot carry: such a customer is offered by key."""
_DESCRIBED = 60
"""Completions that get a description; each costs time, and nobody reads more."""


class _Fitting(str):
    """A completion that fits, quoted for its shell: Typer, which compares beginnings, need not look again."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        """True: the word without its quotes was compared before."""
        return True


def customers(ctx: typer.Context, incomplete: str) -> list[str | tuple[str, str]]:
    """Keys and names of customers for the first word of a command on one record; later words are left to the shell."""
    book, rest = with_book(tuple(ctx.params.get("words") or ()))
    if rest or _is_path(incomplete):
        return []
    from crmsheet.app.complete import customers as verb

    known = _quietly(lambda: verb(_request(book)))
    keys = [(each.key, each.name) for each in known if _fits(each.key, incomplete)]
    names = [(each.name, each.key) for each in known if incomplete and each.name and _fits(each.name, incomplete)]
    return _offered((*keys, *names))


def customer_names(ctx: typer.Context, incomplete: str) -> list[str | tuple[str, str]]:
    """The same for an option that names a customer."""
    from crmsheet.app.complete import customers as verb

    book, _ = with_book(tuple(ctx.params.get("words") or ()))
    known = _quietly(lambda: verb(_request(book)))
    both = [pair for each in known for pair in ((each.key, each.name), (each.name, each.key)) if pair[0]]
    return _offered(pair for pair in both if _fits(pair[0], incomplete))


def rules(incomplete: str) -> list[str | tuple[str, str]]:
    """The codes of rules; 203 fits CRM203."""
    from crmsheet.app.complete import rules as verb
    from crmsheet.app.speaking import speech_for

    say = speech_for("").translate
    known = _quietly(verb)
    return _offered(
        (code, say(title)) for code, title in known if _fits(code, incomplete) or _fits(code[3:], incomplete)
    )


def tables(ctx: typer.Context, incomplete: str) -> list[str | tuple[str, str]]:
    """Tables, or after `customers.` its fields; a Chinese label fits too, and becomes the code."""
    from crmsheet.app.complete import tables as verb
    from crmsheet.app.speaking import speech_for

    speech: Speech = speech_for("")
    known = _quietly(lambda: tuple(verb(_request(ctx.params.get("book")), incomplete)))
    word = "" if incomplete.isascii() else incomplete.rpartition(".")[2]
    return _offered(
        (code, speech.say(labels))
        for code, labels in known
        if _fits(code, incomplete) or (word and any(_fits(label, word) for label in labels.values()))
    )


def listen() -> None:
    """Makes the parser answer the shells, where one asks."""
    if VARIABLE in os.environ:
        from typer.completion import completion_init  # type: ignore[attr-defined]  # its home is a private module

        completion_init()


def install() -> None:
    """Installs completion for the shell that this runs in, and says where.

    Raises:
        UsageError: it runs in none that is known.
    """
    from typer.completion import install as put  # type: ignore[attr-defined]  # its home is a private module

    from crmsheet.app.speaking import speech_for

    shell, path = put(_shell(), "crmsheet", VARIABLE)
    sys.stdout.write(f"{speech_for('').say(Message(_INSTALLED, {'shell': shell, 'path': str(path)}))}\n")


def show() -> None:
    """Prints the script of the shell that this runs in.

    Raises:
        UsageError: it runs in none that is known.
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # its home is a private module

    script = get_completion_script(prog_name="crmsheet", complete_var=VARIABLE, shell=_shell())
    sys.stdout.write(f"{script}\n")


def _shell() -> str:
    """The shell that this runs in, or the user's own where that cannot be told."""
    from typer.completion import _get_shell_name  # type: ignore[attr-defined]  # its home is a private module

    shell = _get_shell_name() or Path(os.environ.get("SHELL", "")).name
    if shell not in SHELLS:
        raise UsageError(problem=Message(_NO_SHELL, {"shell": shell or "?"}))
    return shell


def _request(book: Path | None) -> Request:
    now = dt.datetime.now().astimezone()
    return Request(now, now.date(), book)


def _quietly(ask: Callable[[], Iterable[Any]]) -> Iterable[Any]:
    """What is asked for, or nothing where the book, the settings or the schema are wrong: commands will say so."""
    try:
        return ask()
    except Exception:  # noqa: BLE001  (whatever is wrong, a prompt is no place to tell it)
        return ()


def _fits(word: str, incomplete: str) -> bool:
    return _folded(word).startswith(_folded(incomplete))


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _is_path(word: str) -> bool:
    """Whether the user begins to name a file: the shell knows those."""
    return word.startswith((".", "~", "/", "\\")) or "/" in word


def _offered(found: Iterable[tuple[str, str]]) -> list[str | tuple[str, str]]:
    """Completions for the shell that asks, with a description each where there are not too many."""
    shell = os.environ.get(VARIABLE, "").rpartition("_")[2]
    pairs = [(each, said) for each, said in dict(found).items() if each.isprintable() and _bearable(each, shell)]
    if len(pairs) > _DESCRIBED:
        return [_quoted(each, shell) for each, _ in pairs]
    # A description is read as markup, where a bracket would begin a tag.
    return [(_quoted(each, shell), " ".join(said.split()).replace("[", r"\[")) for each, said in pairs]


def _bearable(word: str, shell: str) -> bool:
    return shell != "zsh" or not _UNSPEAKABLE.intersection(word)


def _quoted(word: str, shell: str) -> str:
    """A word as the shell would have it typed; zsh and fish quote what they insert themselves."""
    if shell == "bash":
        typed = os.environ.get("COMP_WORDS", "").split("\n")[int(os.environ.get("COMP_CWORD") or 0) :]
        quote = typed[0][:1] if typed else ""
        if quote == "'":
            word = word.replace("'", "'\\''")
        elif quote == '"':
            word = re.sub(r'([\\"$`])', r"\\\1", word)
        else:
            word = _UNSAFE.sub(r"\\\g<0>", word)
    elif shell in {"powershell", "pwsh"} and _UNSAFE.search(word):
        word = "'" + word.replace("'", "''") + "'"
    return _Fitting(word)
