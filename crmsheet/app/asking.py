"""A question on two records, and what a person answers; the command line asks, the review keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from crmsheet.core.messages import Text
from crmsheet.core.outcome import Section
from crmsheet.match.decisions import BOTH, DIFFERENT, LATER, SAME

__all__ = [
    "BOTH",
    "DIFFERENT",
    "FIRST",
    "LATER",
    "SAME",
    "SECOND",
    "STOP",
    "UNDO",
    "Answer",
    "Ask",
    "Asked",
    "FieldPair",
]

FIRST, SECOND = "1", "2"
"""Which of two records; BOTH stands for both."""
UNDO, STOP = "undo", "stop"


@dataclass(frozen=True, slots=True)
class FieldPair:
    """A field of two records, its values as the asker may see them.

    `differ` tells that both have one and not the same; then `kept` is whose value a merge would keep (FIRST, SECOND,
    BOTH; '' where a merge leaves the field alone), and `joinable` whether both can be kept.
    """

    field: str
    label: Text
    left: str
    right: str
    differ: bool
    kept: str = ""
    joinable: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a person gets it: the page, and the fields in which a choice can be made.

    `undoable` tells whether there is an answer that can be taken back.
    """

    sections: tuple[Section, ...]
    fields: tuple[FieldPair, ...]
    undoable: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says: a verdict, UNDO (of the answer before) or STOP; `fields`: whose value survives a merge."""

    verdict: str
    fields: Mapping[str, str] = field(default_factory=dict)


Ask: TypeAlias = Callable[[Asked], Answer]
