"""The edge to the terminal: language, width, colour, encodings that cannot hold every character, progress."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
import threading
import unicodedata
from collections.abc import Callable, Sequence
from typing import TextIO

from crmsheet.core.messages import N_, Message, Speech, Text
from crmsheet.render import Terminal

SLOW_SECONDS = 2.0
_WHICH = N_("Which one (1 to {count}, Ctrl-C to stop)?")


def soften_streams() -> None:
    """A character that a GBK or ASCII console cannot show becomes a replacement, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


def speak_plainly() -> None:
    """Makes standard output UTF-8 with plain line ends, as programs read it, whatever this machine takes for text."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", newline="\n")


def terminal() -> Terminal:
    """The width and the colour of standard output; pipes get 100 columns and none, NO_COLOR is honoured."""
    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size((100, 24)).columns if is_terminal or "COLUMNS" in os.environ else 100
    return Terminal(max(width, 40), is_terminal and not os.environ.get("NO_COLOR"))


def told(sentence: str) -> str:
    """A sentence as standard error gets it: one line in a log, lines that break between words in a terminal."""
    if not sys.stderr.isatty():
        return sentence
    from crmsheet.render.wrapping import wrapped

    return "\n".join(wrapped(sentence, max(os.get_terminal_size(sys.stderr.fileno()).columns, 40)))


class Progress:
    """Tells of steps on standard error: a line for each in a log, and in a terminal only those over 2 seconds."""

    def __init__(self, command: str, speech: Speech, stream: TextIO, *, log: bool) -> None:
        self._command, self._speech, self._stream, self._log = command, speech, stream, log
        self._timer: threading.Timer | None = None

    def tell(self, step: Message) -> None:
        """A step begins, and the one before is over."""
        self.done()
        said = self._speech.say(step)
        if self._log:
            now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
            self._print(f"{now} crmsheet {self._command}: {said}")
        elif self._stream.isatty():
            self._timer = threading.Timer(SLOW_SECONDS, self._print, (f"… {said}",))
            self._timer.daemon = True
            self._timer.start()

    def done(self) -> None:
        """The current step is over."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _print(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


Tell = Callable[[Message], None]


def asker(speech: Speech, progress: Progress) -> Callable[[Text, Sequence[Text]], int] | None:
    """What asks a person in the terminal which of several is meant; None where nobody sits there."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def choose(question: Text, choices: Sequence[Text]) -> int:
        """The place of the chosen one; Ctrl-C and the end of the input interrupt the command.

        Raises:
            KeyboardInterrupt: nothing was chosen.
        """
        progress.done()  # a step that waits for an answer is not slow
        listed = [f"  {number}  {speech.say(each)}\n" for number, each in enumerate(choices, 1)]
        sys.stderr.write(f"{told(speech.say(question))}\n" + "".join(listed))
        while True:
            sys.stderr.write(f"{speech.say(Message(_WHICH, {'count': len(choices)}))} ")
            sys.stderr.flush()
            typed = sys.stdin.readline()
            if not typed:
                raise KeyboardInterrupt
            answer = unicodedata.normalize("NFKC", typed).strip()
            if answer.isdecimal() and 1 <= int(answer) <= len(choices):
                return int(answer) - 1

    return choose
