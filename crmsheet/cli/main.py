"""The entry point: language first, then the command; every failure becomes a sentence and an exit code."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from crmsheet.app.refusals import reason
from crmsheet.app.speaking import speech_for
from crmsheet.cli import (
    book_commands,
    dedupe_commands,
    diff_commands,
    file_commands,
    git_commands,
    history_commands,
    making_commands,
    merge_commands,
    plumbing_commands,
    policy_commands,
    reconcile_commands,
    record_commands,
    undo_commands,
    unmerge_commands,
    writing_commands,
)
from crmsheet.cli.completing import listen
from crmsheet.cli.desk import BUG
from crmsheet.cli.localise import localise
from crmsheet.cli.misuse import problem
from crmsheet.cli.program import app
from crmsheet.cli.reading import quicken
from crmsheet.cli.terminal import soften_streams, told
from crmsheet.cli.words import is_there
from crmsheet.core.errors import CrmsheetError, UsageError
from crmsheet.core.messages import N_, Message, Speech

INTERRUPTED, USAGE = 130, 2


def _names(program: typer.Typer) -> tuple[str, ...]:
    """The commands that hang directly on a program."""
    return tuple(each.name or each.callback.__name__ for each in program.registered_commands if each.callback)


MODULES = (
    making_commands,
    file_commands,
    book_commands,
    dedupe_commands,
    policy_commands,
    record_commands,
    writing_commands,
    history_commands,
    undo_commands,
    unmerge_commands,
    diff_commands,
    merge_commands,
    plumbing_commands,
    reconcile_commands,
    git_commands,
)
"""The modules that hang commands on the program, in the order of its help."""
GROUPS = {str(each.name): _names(each.typer_instance) for each in app.registered_groups if each.typer_instance}
COMMANDS = (*_names(app), *GROUPS)


def main() -> None:
    """Runs `crmsheet` with the arguments of the process."""
    soften_streams()
    gc.disable()  # a short process: looking through millions of cells for cycles takes a tenth of the night run
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):  # the reader has gone: nothing is left to say to it
            stream.flush()
    os._exit(code)  # the work is done and said: taking libraries and cells apart costs a tenth of every command


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; what went wrong is said on standard error."""
    wanted = _language(arguments)
    speech = speech_for(wanted, _named(arguments))
    command = typer.main.get_command(app)
    localise(command, speech)
    quicken(command)
    listen()
    try:
        # A language that is asked for before the command holds for the command.
        asked: dict[str, Any] = {each: {"lang": wanted} for each in COMMANDS} if wanted else {}
        for group in GROUPS if wanted else ():
            asked[group] = {each: {"lang": wanted} for each in GROUPS[group]}
        code = int(
            command.main(list(arguments), prog_name="crmsheet", standalone_mode=False, default_map=asked or None) or 0
        )
    except CrmsheetError as error:
        _say(speech, _in_words(error), error.next_step)
        if error.exit_code == BUG and os.environ.get("CRMSHEET_DEBUG"):
            traceback.print_exc()
        return error.exit_code
    except typer.TyperException as error:
        return _misuse(speech, error)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001  (a bug must be told from findings: exit 70, not 1)
        _say(
            speech,
            Message(
                N_("This is a bug in crmsheet ({kind}: {detail})."),
                {"kind": type(error).__name__, "detail": str(error)},
            ),
            Message(N_("Run it again with CRMSHEET_DEBUG=1 and report what it prints.")),
        )
        if os.environ.get("CRMSHEET_DEBUG"):
            traceback.print_exc()
        return BUG
    if code == INTERRUPTED:  # the parser turns Ctrl-C into this code, and says nothing
        _say(speech, Message(N_("Interrupted; the book is whole, `crmsheet history` shows its last version.")))
    return code


def _in_words(error: CrmsheetError) -> Message:
    """What went wrong; a refusal of the system, which speaks its own language, in ours."""
    cause = error.__cause__
    if isinstance(cause, OSError) and isinstance(error.facts.get("detail"), str):
        return Message(error.message.template, {**error.facts, "detail": reason(cause)})
    return error.message


def _language(arguments: Sequence[str]) -> str:
    """The language that the arguments ask for, before they are parsed: help and mistakes need it too."""
    for at, each in enumerate(arguments):
        if each == "--lang" and at + 1 < len(arguments):
            return arguments[at + 1]
        if each.startswith("--lang="):
            return each.partition("=")[2]
    return ""


def _named(arguments: Sequence[str]) -> Path | None:
    """The book that the arguments seem to name: the settings beside it may choose the language."""
    return next((Path(each) for each in arguments[1:] if not each.startswith("-") and is_there(Path(each))), None)


def _misuse(speech: Speech, error: typer.TyperException) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        # Nothing was asked: the page that helps is the answer.
        sys.stdout.write(f"{error.format_message()}\n")
        return USAGE
    group = getattr(getattr(error, "ctx", None), "command", None)
    wrong = UsageError(problem=problem(error, getattr(group, "commands", COMMANDS)))
    _say(speech, wrong.message, wrong.next_step)
    return USAGE


def _say(speech: Speech, *sentences: Message | None) -> None:
    # Chinese sentences end in a wide mark, which brings its own space.
    said = ("" if speech.lang == "zh" else " ").join(speech.say(each) for each in sentences if each)
    sys.stderr.write(told(f"crmsheet: {said}") + "\n")
