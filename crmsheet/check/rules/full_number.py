"""A whole card or identity number in free text.

**What** A note, a summary or 银行卡末四位 holds a bank card number of 16 to 19 digits (with a right check digit,
ISO/IEC 7812-1) or an identity number of 18 (with a right date and check digit, GB 11643).

**Why** Free text is not masked, is mailed around and printed. Card data in it breaks the rules of the card schemes,
identity numbers those of 个人信息保护法 28.

**Bad** 备注: 卡号 6222 0212 3456 7890 128.

**Good** 银行卡末四位: 0128; an identity number in its own column 身份证号.

**crmsheet** It shows no more than the last four digits anywhere, and leaves the cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from crmsheet.check.rule import Hit, Rule
from crmsheet.core.book import Table
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import TableSchema

_FREE_TEXT = frozenset({
    "notes", "summary", "outcome", "next_step", "content", "need", "comment", "reply", "resolution", "reason",
    "return_reason", "preference", "motive", "decision_process", "question", "answer", "terms", "evidence", "result",
    "card_last4",
})  # fmt: skip
_LONG = re.compile(r"(?<![0-9A-Za-z])[1-9](?:[ -]?[0-9]){14,17}[ -]?[0-9Xx](?![0-9A-Za-z])")
_SIXTEEN_DIGITS = 1e15
_SHORTEST = 16
_CARD = re.compile(r"[2-6][0-9]{15,18}")

_TEXT = N_("a whole card or identity number ({value}) stands in free text; keep the last four digits only")


def full_number(text: str) -> str:
    """The last four characters of a card or identity number in a text, after dots; '' where there is none."""
    for match in _LONG.finditer(unicodedata.normalize("NFKC", text)):
        number = re.sub("[ -]", "", match[0]).upper()
        if (_CARD.fullmatch(number) and luhn.is_valid(number)) or (len(number) == 18 and _is_identity(number)):
            return f"…{number[-4:]}"
    return ""


def _is_identity(number: str) -> bool:
    try:
        ric.validate(number)
    except ValidationError:
        return False
    return True


def _scan(table: Table, schema: TableSchema, context: Context) -> Iterator[Hit]:  # noqa: ARG001  (the form of a scan)
    for name, letters in table.columns.items():
        if name not in _FREE_TEXT:
            continue
        said: dict[str, str] = {}
        for row, cell in zip(table.cells.index.tolist(), table.cells[letters].tolist(), strict=True):
            text = f"{cell:.0f}" if isinstance(cell, float) and cell >= _SIXTEEN_DIGITS else cell
            if not isinstance(text, str) or len(text) < _SHORTEST:
                continue
            if text not in said:
                said[text] = full_number(text)
            if said[text]:
                yield Hit(row, letters, said[text], _TEXT)


RULE = Rule(RuleCard("CRM602", Severity.warning, N_("Whole card or identity number in free text"), __doc__), scan=_scan)
