"""What somebody has to decide after a merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
