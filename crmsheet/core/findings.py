"""Bad data is a value: a finding names the place, the value, the rule, and the fix if there is one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from crmsheet.core.columnar import Columnar
from crmsheet.core.messages import Message


class Severity(IntEnum):
    """How bad a finding is; the order is the meaning."""

    info = 0
    warning = 1
    error = 2


@dataclass(frozen=True, slots=True)
class Fix:
    """The canonical value that a finding proposes; `effect` says whether more than the spelling changes."""

    after: Any
    effect: str = "spelling"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or worth knowing; `row` 0 and `column` '' mean the whole table or sheet.

    `recovery` says of a damaged value what can become of it (`core.rules`); the desk fills it in by the rule.
    `message` is an English template. It is filled with `arguments` and with `value`, `key`, `row`, and
    `after` (the fix).
    """

    rule: str
    severity: Severity
    table: str
    sheet: str = ""
    key: str = ""
    row: int = 0
    column: str = ""
    field: str = ""
    value: Any = None
    message: str = ""
    arguments: Mapping[str, Any] | None = None
    fix: Fix | None = None
    recovery: str = ""

    @property
    def fingerprint(self) -> str:
        """16 hex digits of rule, table, key and field: the same finding after the sheet was sorted."""
        parts = "\x1f".join((self.rule, self.table, self.key or f"{self.sheet} row {self.row}", self.field))
        return hashlib.blake2b(parts.encode(), digest_size=8).hexdigest()

    @property
    def cell(self) -> str:
        """The place in its sheet, `D17`, or '' for a finding on a whole table."""
        return f"{self.column}{self.row}" if self.column and self.row else ""

    @property
    def text(self) -> Message:
        """The sentence, ready to be said."""
        after = self.fix.after if self.fix else None
        facts = {"value": self.value, "key": self.key, "row": self.row, "after": after, **(self.arguments or {})}
        return Message(self.message, facts)


class Findings(Columnar[Finding]):
    """Findings, by column."""

    record = Finding
    __slots__ = ()

    def at_least(self, severity: Severity) -> Findings:
        """Those of a severity or worse."""
        return self.where([each >= severity for each in self.column("severity")])
