"""What a normaliser is: it reads one distinct cell of a column and says what it means and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import Field


class Keep(Enum):
    """The type of `KEEP`."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
"""Written in place of a cell that stays as it was found."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell says.

    `value`   the typed canonical value, None where the cell says nothing or cannot be read
    `written` what the cell should hold; `KEEP` where it stays as found
    `message` an English template, '' where there is nothing to say; `rule` is then its code
    `effect`  'spelling' where the fix leaves the value what it was, 'meaning' where it does not
    """

    value: Any = None
    written: Any = KEEP
    message: str = ""
    arguments: Mapping[str, Any] | None = None
    severity: Severity = Severity.info
    rule: str = ""
    effect: str = "spelling"


Read: TypeAlias = Callable[[Cell, Field, Context], Reading]
Canonical: TypeAlias = Callable[[Sequence[Any], Field, Context], Sequence[Any]]
Evidence: TypeAlias = Callable[[Sequence[Any], Context], Mapping[str, Any]]

WHOLE: Final = "whole_column"
"""The name under which `evidence` gives a `Reading` about the column itself: one finding instead of one per cell."""


@dataclass(frozen=True, slots=True)
class Normaliser:
    """How cells of some kinds of field are read.

    `kinds`     the `Field.kind`s served
    `cards`     the rule codes that only this normaliser speaks (`normaliser.SHARED` holds the common ones)
    `read`      one distinct cell to its reading; never raises on any cell
    `canonical` the exact fast path: for distinct cells, all of one Python type, the value of each that is canonical as
                it stands (`read` would give that value and nothing to write or say), None for those left to `read`
    `evidence`  what the column's distinct cells suggest, handed to `canonical` and `read` in `Context.extra`; under
                `WHOLE` what there is to say about the column
    """

    kinds: tuple[str, ...]
    cards: tuple[RuleCard, ...]
    read: Read
    canonical: Canonical | None = None
    evidence: Evidence | None = None


def fixed(value: Any, written: Any, rule: str, message: str, **arguments: Any) -> Reading:
    """A recoverable difference of spelling."""
    return Reading(value, written, message, arguments or None, Severity.info, rule)


def refused(rule: str, message: str, severity: Severity = Severity.warning, **arguments: Any) -> Reading:
    """A cell that cannot be read: it stays, its value is unknown."""
    return Reading(None, KEEP, message, arguments or None, severity, rule)
