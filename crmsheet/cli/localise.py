"""Help in the user's language: every help text of the command tree is a message id."""

from __future__ import annotations

import inspect
import re
from typing import Any

from crmsheet.core.messages import N_, Speech

HEADINGS = (
    N_("Usage:"),
    N_("Arguments:"),
    N_("Options:"),
    N_("Commands:"),
    N_("Show this message and exit."),
    N_("[OPTIONS]"),
    N_("COMMAND [ARGS]..."),
    N_("[default: "),
    N_("[required]"),
)
"""What the parser itself prints into a help page."""


def localise(command: Any, speech: Speech) -> None:
    """Says the help of a command, of its parameters and of its subcommands in a language, in place."""
    if command.help:
        command.help = speech.translate(inspect.cleandoc(command.help))
        # The list of commands would cut a line that it shortens itself.
        command.short_help = command.help.partition("\n")[0]
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = speech.translate(parameter.help)
    for child in getattr(command, "commands", {}).values():
        localise(child, speech)
    if speech.lang != "en":
        _translate_headings(command, speech)


def _translate_headings(command: Any, speech: Speech) -> None:
    """The parser writes its headings in English: they are exchanged in the finished page."""
    page = command.get_help
    headings = re.compile("|".join(map(re.escape, HEADINGS)))

    def get_help(context: Any) -> str:
        return headings.sub(lambda found: speech.translate(found[0]), page(context))

    command.get_help = get_help
