"""Three-way merge by key and field: what theirs changed since the base goes into ours, unless ours changed it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crmsheet.core.changes import Changes
from crmsheet.core.messages import Message


@dataclass(frozen=True, slots=True)
class Collision:
    """A cell, a record or a column that both sides changed, each in its own way.

    `field` is '' where a whole record is meant (one side changed it, the other removed it); then `base`, `ours` and
    `theirs` are its cells by field, or None where it is gone. `why` says it in a sentence; `place` is where it stands
    in ours (`客户!D17 (mobile)`), or the key. Ours stands until somebody decides.
    """

    table: str
    key: str
    field: str
    base: Any
    ours: Any
    theirs: Any
    why: Message
    place: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge does to ours: changes against it, what has to be decided, and new keys of records of theirs.

    `renumbered` is table -> old key -> new key, for records that theirs added under a key that ours gave away too.
    """

    changes: Changes
    collisions: tuple[Collision, ...] = ()
    renumbered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
