"""What came from a merged record, found again in a cell that was edited since."""

from __future__ import annotations

import pytest

from crmsheet.core.changes import Change, Changes
from crmsheet.core.schema import Field
from crmsheet.match.merging import GOLDEN
from crmsheet.match.moving import CHILD
from crmsheet.match.unmerging import merge_step, without_added
from crmsheet.match.verdicts import SURE

NOTES, PHONE, NAME = Field("notes", {}), Field("mobile", {}, "phone"), Field("name", {}, "company")


@pytest.mark.parametrize(
    ("field", "now", "held", "without", "left"),
    [
        (NOTES, "甲；乙；丙", "甲；乙", "甲", "甲；丙"),
        (NOTES, "丙；乙；甲", "甲；乙", "甲", "丙；甲"),
        (NOTES, "甲\n乙\n丙", "甲；乙", "甲", "甲\n丙"),
        (NOTES, "新的；乙", "甲；乙", "甲", "新的"),
        (NOTES, "乙；新的", "乙", None, "新的"),
        (NOTES, "乙", "甲；乙", "甲", ""),
        (NOTES, "甲；乙（改过）", "甲；乙", "甲", None),
        (NOTES, "甲；乙；乙", "甲；乙", "甲", None),
        (NOTES, "甲；乙", "甲；乙；丙", "甲", "甲"),
        (NOTES, "甲；乙；丙丁", "甲；乙；丙", "甲", None),
        (NOTES, "全新", "甲；乙", "甲", None),
        (NOTES, "月结，30天；甲", "月结，30天；甲", "甲", "甲"),
        (PHONE, "138 2222 3333/13733334444", "13911112222；13822223333", "139 1111 2222", "13733334444"),
        (PHONE, "13911112222、13822223333、1370", "13911112222；13822223333", "13911112222", "13911112222、1370"),
        (NAME, "甲；乙", "甲；乙", "甲", None),
        (NOTES, 5.0, "甲；乙", "甲", None),
        (NOTES, "甲", 5.0, None, None),
    ],
)
def test_without_added(field, now, held, without, left):
    assert without_added(field, now, held, without) == left


def retire(loser: str, winner: str, **more: object) -> Change:
    facts = {"loser": loser, "winner": winner}
    after = {"record_status": "已合并", "merged_into": winner}
    before = {"record_status": "有效", "merged_into": None}
    return Change("retire", "customers", loser, 3, before=before, after=after, arguments=facts, **more)


def test_a_step_is_read_from_what_a_version_wrote_down():
    of = {"rule": SURE.code}
    gone = retire("K2", "K1", **of), retire("K3", "K1", **of), retire("K9", "K8", **of)
    golden = Change("set", "customers", "K1", 2, "C", "mobile", "1", "1；2", SURE.code, GOLDEN, {"loser": "K2, K3"})
    other = Change("set", "customers", "K8", 9, "C", "mobile", "1", "1；2", SURE.code, GOLDEN, {"loser": "K9"})
    child = Change("set", "sales", "T1", 2, "B", "customer_id", "K2", "K1", SURE.code, CHILD, {"loser": "K2"})
    others = Change("set", "sales", "T2", 3, "B", "customer_id", "K3", "K1", SURE.code, CHILD, {"loser": "K3"})
    spelling = Change("set", "customers", "K1", 2, "D", "email", "A", "a", "CRM211")
    changes = Changes.of([golden, other, spelling, child, others, *gone])
    step = merge_step(changes, "K2")
    assert step is not None
    assert (step.winner, step.losers, step.moved) == ("K1", ("K2", "K3"), (child,))
    assert dict(step.golden) == {"mobile": golden}
    assert step.went_into("mobile") == ("K2", "K3")
    assert step.status == {"record_status": "有效", "merged_into": None}
    assert merge_step(changes, "K1") is None


def test_a_record_that_somebody_retired_by_hand_was_not_merged_by_crmsheet():
    assert merge_step(Changes.of([retire("K2", "K1")]), "K2") is None
    archived = Change("retire", "customers", "K2", 3, after={"record_status": "已归档"}, rule=SURE.code)
    assert merge_step(Changes.of([archived]), "K2") is None
