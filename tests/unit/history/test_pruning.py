"""Pruning: what goes goes, what stays comes back byte for byte, at every step and on two computers."""

import datetime as dt
import shutil
from unittest.mock import patch

import pytest

from crmsheet.core.errors import HistoryDamaged
from crmsheet.disk import steps
from crmsheet.history.draft import Deed
from crmsheet.history.gone import REDACTED, Record
from crmsheet.history.retention import Retention
from crmsheet.history.searching import Sought
from crmsheet.history.store import History
from crmsheet.history.verifying import DAMAGE, NOTE
from tests.unit.history.made import FRAMING, found, sheet, state

ROWS = [f"客户{n}" for n in range(300)]
FIRST = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
FEW = Retention(2, 2, 2)


def day(number):
    return (FIRST + dt.timedelta(days=number)).isoformat()


def filled(history, count=25):
    """A version every day, each with a few rows changed, some of them back to what they were; id -> bytes."""
    rows, states = list(ROWS), {}
    book = sheet(rows)
    states[history.record(state(book), Deed("", day(0), "", origin="found")).id] = book
    for number in range(1, count):
        rows[number * 11 % 300] = f"改{number % 5}"
        rows[number * 7 % 300] = ROWS[number * 7 % 300]
        new = sheet(rows)
        deed = Deed("张三", day(number), "set", changes=b'{"n":%d}\n' % number)
        version = history.seal(history.intend(state(book), state(new), deed))
        states[version.id], book = new, new
    return states


def prune(history, number, policy=FEW):
    plan, record = history.plan_pruning(day(number), "李雷", policy, "")
    history.prune(plan, record)
    return plan


def proved(history, states):
    """No damage, and every version that was not given up comes back; how many."""
    assert [each for each in history.verify(whole=True) if each.kind == DAMAGE] == []
    left = [each for each in history.versions() if not each.gone]
    for each in left:
        assert history.restore(each.id).files == {"": states[each.id]}
    changed = [each for each in left if each.origin == "crmsheet"]
    assert len(history.changes_of([each.id for each in changed])) == len(changed)
    return len(left)


def size(history):
    return sum(each.stat().st_size for each in history.folder.iterdir())


def test_what_stays_comes_back_and_what_goes_is_told(history):
    states = filled(history)
    before = size(history)
    plan = prune(history, 25)
    assert size(history) == before - plan.freed
    assert plan.freed > 0
    gone = [each for each in history.versions() if each.gone == "pruned"]
    assert [each.id for each in gone] == [each.id for each in plan.versions]
    assert proved(history, states) == 25 - len(gone) < 15
    notes = [each for each in history.verify() if each.kind == NOTE]
    assert [each.text.arguments["by"] for each in notes] == ["李雷"] * len(gone)
    with pytest.raises(HistoryDamaged) as failure:
        history.restore(gone[0].id)
    assert "given up by pruning" in failure.value.facts["detail"].template


def test_no_kept_pack_is_touched_and_there_is_nothing_left_to_do(history):
    filled(history)
    before = {each.name: each.read_bytes() for each in history.folder.glob("*.pack")}
    plan = prune(history, 25)
    given_up = {each.path.name for each in plan.given_up}
    for path in history.folder.glob("*.pack"):
        assert (path.read_bytes() == before[path.name]) == (path.name not in given_up)
    names = sorted(each.name for each in history.folder.iterdir())
    assert prune(history, 25).given_up == ()
    assert sorted(each.name for each in history.folder.iterdir()) == names


def test_prunings_later_on_leave_one_file_of_kept_pieces(history):
    states = filled(history)
    prune(history, 25)
    rows = [*ROWS, "更晚"]
    book = states[history.head().id]
    for number in range(26, 36):
        rows[number] = "晚"
        new = sheet(rows)
        version = history.seal(history.intend(state(book), state(new), Deed("", day(number), "set")))
        states[version.id], book = new, new
    prune(history, 70)
    assert len(list(history.folder.glob("kept-*.pieces"))) == 1
    assert proved(history, states) < 15


def test_a_preview_writes_nothing(history):
    filled(history, 12)
    before = {each.name: each.read_bytes() for each in history.folder.iterdir()}
    plan, _ = history.plan_pruning(day(40), "李雷", FEW, "")
    assert plan.given_up
    assert {each.name: each.read_bytes() for each in history.folder.iterdir()} == before


def test_tags_the_book_as_it_is_and_parents_of_intents_stay(history):
    states = filled(history, 20)
    versions = history.versions()
    history.tag("盘点", versions[3].id, "李雷", day(20))
    current = versions[5].sha256
    plan, record = history.plan_pruning(day(90), "李雷", Retention(0, 0, 0), current)
    history.prune(plan, record)
    assert [each.number for each in history.versions() if not each.gone] == [4, 6, 20]
    proved(history, states)


def test_a_missing_pack_stops_it(history):
    filled(history, 20)
    list(history.folder.glob("*.pack"))
    next(history.folder.glob("v000018-*")).unlink()
    with pytest.raises(HistoryDamaged):
        prune(history, 90)


def test_after_a_redaction_what_was_destroyed_stays_destroyed(history):
    states = filled(history, 20)
    sought = Sought(lambda content: content.replace("改3".encode(), b"****") if "改3".encode() in content else None, 4)
    history.redact(history.plan_redaction(sought), Record(REDACTED, "李雷", day(21), "asked for"))
    prune(history, 60)
    assert [each for each in history.verify(whole=True) if each.kind == DAMAGE] == []
    for each in history.versions():
        if not each.gone:
            assert history.restore(each.id).files == {"": states[each.id]}
        elif each.gone == "redacted":
            assert "改3".encode() not in history.restore(each.id).files[""]


class Killed(BaseException):
    """The process was killed."""


@pytest.mark.parametrize("call", ["replace", "remove"])
def test_a_kill_at_any_step_loses_nothing_and_the_next_run_ends_it(history, tmp_path, call):
    states = filled(history, 12)
    for step in range(60):
        copy = History(tmp_path / f"copy{step}" / "客户.xlsx", FRAMING)
        shutil.copytree(history.folder, copy.folder)
        left = [step]
        real = getattr(steps, call)

        def guarded(*paths, left=left, real=real):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return real(*paths)

        try:
            with patch.object(steps, call, guarded):
                prune(copy, 12)
                prune(copy, 60)
        except Killed:
            left[0] = -1
        proved(copy, states)
        if left[0] >= 0:
            break
        prune(copy, 60)
        assert proved(copy, states) < 10
    else:
        pytest.fail("the pruning never came to its end")
    assert step > 0


def union(one, other, target):
    """What a sync client makes of two folders: new files go both ways; of one file in two forms it keeps either."""
    for source in (one, other):
        for path in source.iterdir():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target / path.name)


@pytest.mark.parametrize("turned", [False, True])
def test_two_computers_prune_at_once_and_write_on(history, tmp_path, turned):
    states = filled(history, 20)
    here = History(tmp_path / "here" / "客户.xlsx", FRAMING)
    there = History(tmp_path / "there" / "客户.xlsx", FRAMING)
    for each in (here, there):
        shutil.copytree(history.folder, each.folder)
    book = states[history.head().id]
    for number, each in enumerate((here, there)):
        new = sheet([*ROWS[:40], f"电脑{number}"])
        version = each.seal(each.intend(state(book), state(new), Deed("", day(21 + number), "set")))
        states[version.id] = new
    prune(here, 23, Retention(3, 0, 0))
    prune(there, 27, Retention(0, 2, 5))
    merged = History(tmp_path / "merged" / "客户.xlsx", FRAMING)
    union(*((there.folder, here.folder) if turned else (here.folder, there.folder)), merged.folder)
    assert len(merged.heads()) == 2
    proved(merged, states)
    prune(merged, 80, Retention(0, 0, 0))
    assert len(list(merged.folder.glob("kept-*.pieces"))) == 1
    assert proved(merged, states) == 2


def test_an_offline_computer_builds_on_what_was_pruned_elsewhere(history, tmp_path):
    states = filled(history, 20)
    offline = History(tmp_path / "offline" / "客户.xlsx", FRAMING)
    shutil.copytree(history.folder, offline.folder)
    old = list(states.values())
    new = sheet([*ROWS[:40], "本机"])
    version = history.seal(history.intend(state(old[-1]), state(new), Deed("", day(20), "set")))
    states[version.id] = new
    prune(history, 25, Retention(0, 0, 0))
    # Six days behind, it takes up rows as they were long ago: pieces that only pruned versions hold.
    back = offline.seal(offline.intend(state(old[-1]), state(old[4]), Deed("", day(25), "restore")))
    states[back.id] = old[4]
    for path in offline.folder.iterdir():
        if not (history.folder / path.name).exists():
            shutil.copy(path, history.folder / path.name)
    assert {each.id for each in history.heads()} == {version.id, back.id}
    proved(history, states)


def test_a_first_version_alone_has_nothing_to_give_up(history):
    assert prune(history, 1).given_up == ()
    history.record(state(sheet(ROWS)), found())
    assert prune(history, 900).given_up == ()
