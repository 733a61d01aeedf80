"""The change budget counts rows whose meaning changes, and merges."""

import pytest

from crmsheet.change.budget import Overrun, within_budget
from crmsheet.change.fixing import fixes
from crmsheet.core.changes import Change, Changes
from crmsheet.core.context import Settings
from crmsheet.core.findings import Finding, Findings, Fix, Severity
from crmsheet.core.messages import Message

SETTINGS = Settings(budget_rows=0.02, budget_merges=20)


def sets(count, effect="meaning", kind="set", per_row=1):
    return [Change(kind, "customers", row=row, effect=effect) for row in range(count) for _ in range(per_row)]


def merges(count, into="K1"):
    return [
        Change("retire", "customers", row=row, after={"record_status": "x", "merged_into": into})
        for row in range(count)
    ]


@pytest.mark.parametrize(
    ("changes", "rows", "expected"),
    [
        ([], 0, None),
        (sets(5), 10, None),
        (sets(6), 10, (6, 5)),
        (sets(20), 1000, None),
        (sets(21), 1000, (21, 20)),
        (sets(21), 1001, None),
        (sets(20, per_row=9), 1000, None),
        (sets(900, effect="spelling"), 1000, None),
        (sets(900, effect="derived"), 1000, None),
        (sets(900, kind="add"), 1000, None),
        (sets(21, kind="remove", effect="derived"), 1000, (21, 20)),
        (merges(20), 100_000, None),
        (merges(21), 100_000, (21, 20)),
        (merges(21, into=""), 1000, (21, 20)),
        (merges(19) + sets(10), 1000, None),
        (merges(6), 10, (6, 5)),
    ],
)
def test_budget(changes, rows, expected):
    over = within_budget(Changes.of(changes), {"customers": rows}, SETTINGS)
    assert (over and (over.counted, over.allowed)) == expected


def test_each_table_has_its_own_budget():
    changes = Changes.of([*sets(5), *(Change("set", "contacts", row=row) for row in range(6))])
    assert within_budget(changes, {"customers": 10, "contacts": 10}, SETTINGS) == Overrun(
        Message("changed rows in the table {table}", {"table": "contacts"}), 6, 5
    )


def test_every_finding_with_a_fix_becomes_a_change():
    message = "{value} is written {after}{extra}"
    first = Finding(
        "CRM210", Severity.warning, "customers", "客户", "K1", 4, "C", "mobile", "138", message, {"extra": "!"},
        Fix("0138", "meaning"),
    )  # fmt: skip
    hopeless = Finding("CRM211", Severity.error, "customers", row=5, value="x")
    second = Finding("CRM212", Severity.info, "customers", row=6, value=" y", message="m", fix=Fix(None))
    change, blank = fixes(Findings.of([first, hopeless, second]))
    facts = {"value": "138", "key": "K1", "row": 4, "after": "0138", "extra": "!"}
    assert change == Change(
        "set", "customers", "K1", 4, "C", "mobile", "138", "0138", "CRM210", message, facts, "meaning"
    )
    assert message.format_map(change.arguments) == "138 is written 0138!"
    assert (blank.row, blank.before, blank.after, blank.effect) == (6, " y", None, "spelling")
