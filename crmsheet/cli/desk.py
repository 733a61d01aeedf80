"""What every command does around its one call of the app: ask, show, and give the exit code."""

from __future__ import annotations

import datetime as dt
import errno
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from crmsheet.app.refusals import reason
from crmsheet.app.request import Request, login
from crmsheet.app.speaking import speech_for
from crmsheet.cli.options import FailOn, Format, Lang
from crmsheet.cli.terminal import Progress, asker, terminal
from crmsheet.core.errors import WriteFailed
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_, Message, Speech
from crmsheet.core.outcome import Outcome, Section
from crmsheet.render import renderers

BUG, CONFLICT = 70, 5
BROKEN = N_("These rules failed, which is a bug in crmsheet (the others ran): {rules}")


class ResultLost(WriteFailed):
    """{path} cannot be written: {detail}."""

    hint = N_("What was done to the book stays done, see `crmsheet history`; only this file is missing.")


@dataclass(frozen=True, slots=True)
class Desk:
    """The options of one call that every command has."""

    command: str
    book: Path | None = None
    lang: Lang | None = None
    today: dt.date | None = None
    output: StrEnum = Format.text
    file: Path | None = None
    reveal: bool = False
    log: bool = False

    def request(self) -> Request:
        """What the app is asked with.

        Raises:
            WriteFailed: the file for the result cannot be made; better said before the work than after it.
        """
        if self.file and (self.file.is_dir() or not self.file.absolute().parent.is_dir()):
            number = errno.EISDIR if self.file.is_dir() else errno.ENOENT
            raise WriteFailed(path=str(self.file), detail=reason(OSError(number, os.strerror(number))))
        now = dt.datetime.now().astimezone()
        speech = self.speech()
        progress = Progress(self.command, speech, sys.stderr, log=self.log and not sys.stderr.isatty())
        return Request(
            now,
            self.today or now.date(),
            self.book,
            self.lang or "",
            self.reveal,
            login(),
            progress.tell,
            progress.done,
            asker(speech, progress),
        )

    def speech(self) -> Speech:
        """How to speak; JSON is for programs and speaks English unless a language is asked for."""
        return speech_for(self.lang or ("en" if self.output == Format.json else ""), self.book)

    def show(self, outcome: Outcome, fail_on: FailOn = FailOn.never) -> int:
        """Writes the outcome where it is wanted; the exit code.

        70 where a rule raised, 5 where changes conflict, 1 where a finding is as bad as `fail_on`, else 0.
        """
        for path, section in outcome.lists.items():
            _write_list(Path(path), section, self.speech())
        page = renderers[self.output].render(outcome, self.speech(), terminal()) + "\n"
        if self.file:
            _write(self.file, page)
        else:
            print_page(page)
        if outcome.broken:
            broken = Message(BROKEN, {"rules": "; ".join(outcome.broken)})
            sys.stderr.write(f"crmsheet: {self.speech().say(broken)}\n")
            return BUG
        if outcome.counts.get("conflicts"):
            return CONFLICT
        if fail_on is FailOn.never:
            return 0
        return int(len(outcome.findings.at_least(Severity[fail_on])) > 0)


def print_page(page: str) -> None:
    """Writes to standard output."""
    try:
        sys.stdout.write(page)
        sys.stdout.flush()
    except BrokenPipeError:
        """The reader has seen enough (`| head`): the work is done all the same, and so is its exit code."""


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ResultLost(path=str(path), detail=reason(error)) from error


def _write_list(path: Path, section: Section | tuple[Section, ...], speech: Speech) -> None:
    """Writes one owner's list: beside its place first, so that nobody opens half a file."""
    from crmsheet.render.workbook import workbook

    beside = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(workbook(section, speech))
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise ResultLost(path=str(path), detail=reason(error)) from error
