"""The review in the terminal: a page, the keys, and an answer; a person is asked again until there is one."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from crmsheet.app.asking import BOTH, DIFFERENT, FIRST, LATER, SAME, SECOND, STOP, UNDO, Answer, Ask, Asked, FieldPair
from crmsheet.core.messages import N_, Message, Speech, Text
from crmsheet.core.outcome import Section
from crmsheet.render import Terminal
from crmsheet.render.renderer import plain
from crmsheet.render.text_format import sections_text
from crmsheet.render.wrapping import wrapped

EDIT, HELP = "edit", "help"
KEYS: Mapping[str, tuple[str, ...]] = {
    SAME: ("y", "yes", "same", "是", "同", "同一", "相同", "同一客户"),
    DIFFERENT: ("n", "no", "different", "否", "不是", "不同", "不同客户"),
    LATER: ("l", "later", "稍后", "以后"),
    EDIT: ("e", "edit", "选择"),
    UNDO: ("u", "undo", "撤销", "撤回"),
    STOP: ("q", "quit", "exit", "退出", "结束"),
    HELP: ("?", "h", "help", "帮助"),
}
"""What may be typed for each answer; the first is the key."""
SIDES: Mapping[str, tuple[str, ...]] = {
    FIRST: ("1",),
    SECOND: ("2",),
    BOTH: ("b", "both", "都", "都保留"),
    STOP: ("q", "quit", "返回"),
}
_ANSWERS = {word: answer for answer, words in KEYS.items() for word in words}
_CHOICES = {word: side for side, words in SIDES.items() for word in words}

_PROMPT = N_("y same · n different · l later · e choose values · u undo · q stop · ? help")
_UNKNOWN = N_("“{typed}” is none of the keys.")
_NO_UNDO = N_("There is no answer yet to take back.")
_KEPT = N_("What was answered is kept; the same command goes on with the rest.")
_NO_CHOICE = N_("They differ in no field; y makes one customer of them.")
_CHOOSE = N_("One customer: whose value stays? Enter leaves it to the rules, q goes back to the question.")
_VALUES = N_("{label}: 1 {left} | 2 {right}")
_EITHER, _ANY = N_("1 or 2 (Enter: {kept})"), N_("1, 2 or b for both (Enter: {kept})")
_SIDE = {FIRST: "1", SECOND: "2", BOTH: N_("both")}
_HELP: Sequence[tuple[str, str]] = (
    ("y", N_("the same customer: `dedupe --write` makes one record of them")),
    ("n", N_("two different customers: never asked again, never merged")),
    ("l", N_("not now: asked again at the end of the next review")),
    ("e", N_("the same customer, and you choose field by field whose value stays")),
    ("u", N_("take the last answer back")),
    ("q", N_("stop here; every answer so far is kept")),
)
_HELP_TITLE = N_("Type a key, then Enter. The book is not changed by any of them.")


def reviewer(speech: Speech) -> Ask | None:
    """What asks a person in the terminal about pairs; None where nobody sits there."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    width = max(os.get_terminal_size(sys.stderr.fileno()).columns, 40)
    return Reviewer(speech, sys.stdin, sys.stderr, Terminal(width, not os.environ.get("NO_COLOR")))


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Asks on one stream and reads what is typed from another, a line for each answer."""

    speech: Speech
    typed: TextIO
    page: TextIO
    terminal: Terminal

    def __call__(self, asked: Asked) -> Answer:
        """The answer to a question.

        Raises:
            KeyboardInterrupt: Ctrl-C, or the end of the input.
        """
        self._show(asked.sections)
        while True:
            answer = self._read(Message(_PROMPT))
            verdict = _ANSWERS.get(answer)
            if verdict == HELP:
                self._help()
            elif verdict == EDIT:
                chosen = self._edit(asked.fields)
                if chosen is not None:
                    return Answer(SAME, chosen)
                self._show(asked.sections)
            elif verdict == UNDO and not asked.undoable:
                self._say(Message(_NO_UNDO))
            elif verdict is not None:
                return Answer(verdict)
            elif answer:
                self._say(Message(_UNKNOWN, {"typed": answer}))

    def _edit(self, fields: Sequence[FieldPair]) -> Mapping[str, str] | None:
        """Field -> side of what was chosen, or None to go back to the question."""
        self._say(Message(_CHOOSE if fields else _NO_CHOICE))
        chosen: dict[str, str] = {}
        for each in fields:
            side = self._side(each)
            if side == STOP:
                return None
            if side:
                chosen[each.field] = side
        return chosen if fields else None

    def _side(self, field: FieldPair) -> str:
        """Whose value of a field stays; '' leaves it to the rules."""
        self._say(Message(_VALUES, {"label": field.label, "left": field.left, "right": field.right}))
        question = Message(_ANY if field.joinable else _EITHER, {"kept": Message(_SIDE[field.kept])})
        while True:
            answer = self._read(question)
            side = _CHOICES.get(answer, "")
            if not answer or (side and (side != BOTH or field.joinable)):
                return side
            self._say(Message(_UNKNOWN, {"typed": answer}))

    def _read(self, question: Text) -> str:
        """A line as it is compared: without case, width and spaces around it."""
        try:
            self._say(question, end=" > ")
            typed = self.typed.readline()
            if not typed:
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            self.page.write("\n")
            self._say(Message(_KEPT))
            raise
        return unicodedata.normalize("NFKC", typed).strip().casefold()

    def _help(self) -> None:
        rows = tuple((key, Message(meaning)) for key, meaning in _HELP)
        self._show((Section(Message(_HELP_TITLE), ("", ""), rows),))

    def _show(self, sections: Sequence[Section]) -> None:
        self.page.write(f"{sections_text(sections, self.speech, self.terminal)}\n\n")

    def _say(self, text: Text, end: str = "\n") -> None:
        lines = wrapped(plain(text, self.speech), self.terminal.width - len(end))
        self.page.write("\n".join(lines) + end)
        self.page.flush()
