"""Decisions as lines of text: people read, correct and merge them like any other text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crmsheet.core.messages import N_, Message
from crmsheet.match.decisions import DIFFERENT, LATER, SAME, Decision

WORDS: Mapping[str, tuple[str, ...]] = {
    SAME: ("same", "same customer", "同", "同一", "相同", "同一客户", "同一个客户"),
    DIFFERENT: ("different", "different customers", "不同", "不同客户", "不是同一客户", "不是同一个客户"),
    LATER: ("later", "decide later", "稍后", "以后", "以后再说"),
}
"""What people write for each verdict, in either language."""
_VERDICTS: Mapping[str, str] = {word: verdict for verdict, words in WORDS.items() for word in words}
_BREAK = re.compile(r"\r\n|\n|\r")
_COMMENT = ("#", "＃")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", ";": "\\;", "；": "\\；", "=": "\\="}
_UNESCAPES = {"t": "\t", "n": "\n", "r": "\r"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PIECES = re.compile(r"(?:\\.|[^;；\\])+", re.DOTALL)
_CHOICE = re.compile(r"\s*((?:\\.|[^=\\])*?)\s*=\s*((?:\\.|[^=\\])*?)\s*", re.DOTALL)
_LEAST, _WIDTH = 3, 6
"""Columns of a line: those that it needs, and those that it can have."""

_NO_VERDICT = N_("it does not begin with same, different or later")
_TOO_FEW = N_("it needs the keys of two customers, with tabs between the columns")
_ITSELF = N_("both keys are the same")
_NO_CHOICE = N_("“{text}” does not say whose value is kept; write it like mobile=C0012")


@dataclass(frozen=True, slots=True)
class Unread:
    """A line, by its number from 1, that is no decision, and why."""

    line: int
    text: str
    why: Message


def parse(text: str) -> tuple[tuple[Decision, ...], tuple[Unread, ...]]:
    """The decisions in a text, in its order, and the lines that are neither a decision nor a comment."""
    decisions: list[Decision] = []
    unread: list[Unread] = []
    for number, line in enumerate(_BREAK.split(text.removeprefix("\ufeff")), 1):
        if not line.strip() or line.lstrip().startswith(_COMMENT):
            continue
        found = _decision(line)
        if isinstance(found, Decision):
            decisions.append(found)
        else:
            unread.append(Unread(number, line.strip(), found))
    return tuple(decisions), tuple(unread)


def verdict_of(word: str) -> str | None:
    """The verdict that a word means, whatever its case and width; None where it means none."""
    return _VERDICTS.get(unicodedata.normalize("NFKC", word).strip().casefold())


def line_of(decision: Decision) -> str:
    """A decision as one line, without its end; `parse` gives the same back."""
    choices = "; ".join(f"{_escaped(name, ';；=')}={_escaped(key, ';；=')}" for name, key in decision.fields.items())
    texts = (decision.left, decision.right, decision.who, decision.at)
    return "\t".join([decision.verdict, *map(_escaped, texts), choices]).rstrip("\t")


def _decision(line: str) -> Decision | Message:
    """The decision of a line, or why it is none; without tabs it may be three words."""
    words = line.split("\t") if "\t" in line.strip() else line.split()
    columns = [each.strip() for each in words]
    verdict = verdict_of(columns[0])
    if verdict is None:
        return Message(_NO_VERDICT)
    if (
        len(columns) < _LEAST
        or not columns[1]
        or not columns[2]
        or ("\t" not in line.strip() and len(columns) > _LEAST)
    ):
        return Message(_TOO_FEW)
    left, right, who, at, choices = [*columns[1:_WIDTH], "", "", ""][: _WIDTH - 1]
    if left == right:
        return Message(_ITSELF)
    fields = _fields(choices)
    if isinstance(fields, Message):
        return fields
    return Decision(_unescaped(left), _unescaped(right), verdict, _unescaped(who), _unescaped(at), fields)


def _fields(text: str) -> Mapping[str, str] | Message:
    """Field -> key, of `mobile=C0456; name=C0012`."""
    found: dict[str, str] = {}
    for piece in filter(str.strip, _PIECES.findall(text)):
        choice = _CHOICE.fullmatch(piece)
        if choice is None or not choice[1] or not choice[2]:
            return Message(_NO_CHOICE, {"text": piece.strip()})
        found[_unescaped(choice[1])] = _unescaped(choice[2])
    return found


def _escaped(text: str, marks: Iterable[str] = ()) -> str:
    return "".join(_ESCAPES[each] if each in "\\\t\n\r" or each in marks else each for each in text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _UNESCAPES.get(found[1], found[1]), text)
