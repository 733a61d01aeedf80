"""A random walk through the life of a book: people, commands, other machines, power cuts. Nothing is ever lost.

The model is every state that the book ever had (`walking.Ledger`). After each step the book is one of them, each new
version is one of them, and now and then every version is asked to come back byte for byte.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import os
import random
import secrets
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crmsheet.app import keeping
from crmsheet.app.add import add
from crmsheet.app.blame import blame
from crmsheet.app.cell import append, set_cell
from crmsheet.app.clean import clean
from crmsheet.app.dedupe import dedupe
from crmsheet.app.history_redact import redact
from crmsheet.app.history_upkeep import prune, tag
from crmsheet.app.merge import merge
from crmsheet.app.note import Contact, note
from crmsheet.app.redo import redo
from crmsheet.app.restore import Chosen, restore
from crmsheet.app.set_fields import set_fields
from crmsheet.app.states import find_version
from crmsheet.app.typed import Typed
from crmsheet.app.undo import undo
from crmsheet.core.errors import CrmsheetError, HistoryDamaged
from crmsheet.history.verifying import DAMAGE
from tests.properties.walking import Ledger, PowerCut, holds, power_cut, saved_by_hand, united, without_clock
from tests.small_books import NOW, request_of, schema_read_once, workbook

SHEETS = {
    "客户": [
        ["客户编号", "客户名称", "手机", "标签", "备注", "最后跟进时间", "下次跟进时间"],
        ["C0001", "上海甲贸易有限公司", "138 0013 8001", "老客户", "一", None, None],
        ["C0002", "上海乙贸易有限公司", "13800138002", None, "二", None, None],
        ["C0003", "上海甲贸易有限公司", "13800138001", None, None, None, None],
        ["C0004", "Acme Ltd.", "+86 13800138004", None, None, None, None],
    ],
    "跟进记录": [
        ["跟进编号", "客户编号", "跟进时间", "跟进方式", "跟进内容"],
        ["F0001", "C0001", "2025-11-03", "电话", "问好"],
    ],
    "配件": [["零件号", "库存"], ["A-1", 5], ["A-2", 7]],
}
KEYS = st.sampled_from(("C0001", "C0002", "C0003", "C0004", "C0005"))
WORDS = st.sampled_from(("一", "二", "已报价", "cut <b> & paste", "=not", "", "长" * 300))
PHONES = st.integers(13900000000, 13900000009).map(str)
PHASES = (Phase.generate,)
PLACES = st.sampled_from(("E2", "E3", "D4", "C5", "E9"))


def without(book, value):
    """Empties every cell of a workbook that holds a value."""
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
        if value in str(cell.value):
            cell.value = None


class Walk(RuleBasedStateMachine):
    """One book, edited by everybody. On a `rough` walk packs are lost for good."""

    def __init__(self, done: Counter[str]) -> None:
        super().__init__()
        self.done = done
        self.home = Path(tempfile.mkdtemp())
        self.cache = self.home / "cache"
        os.environ["XDG_CACHE_HOME"] = str(self.cache)
        self.book = self.home / "here" / "客户.xlsx"
        self.book.parent.mkdir()
        self.book.write_bytes(without_clock(workbook(SHEETS)))
        self.ledger = Ledger(self.book)
        self.trail: list[dict[str, bytes]] = []
        """The states before those writes that undo takes back byte for byte, the newest last."""
        self.undone: list[tuple[dict[str, bytes], list[dict[str, bytes]]]] = []
        """The states before those undos that redo takes back byte for byte, each with its trail."""
        self.was_undone = self.undone
        self.destroyed: set[str] = set()
        self.steps = 0

    @initialize(rough=st.booleans())
    def sets_out(self, rough):
        self.rough = rough

    def request(self, book, actor="test"):
        """Who asks; every step takes seven hours."""
        now = NOW + dt.timedelta(hours=7 * self.steps)
        return dataclasses.replace(request_of(book, actor), now=now, today=now.date())

    def teardown(self) -> None:
        self.ledger.check_all()
        self.attempt("note", lambda book: note(self.request(book), "C0001", Contact("the last word")))
        self.ledger.tidy()
        shutil.rmtree(self.home)

    @invariant()
    def the_book_and_every_new_version_are_states_that_were(self):
        self.ledger.look()
        assert not any(holds(self.ledger.now, each) for each in self.destroyed)
        self.steps += 1
        if self.steps % 10 == 0:
            self.ledger.check_chain()
            self.ledger.never_wrong(newest=5)

    def attempt(self, name, write, *, leads_to=None) -> bool:
        """Something that writes, or refuses and leaves the book as it is; whether it wrote."""
        before = self.ledger.now
        try:
            write(self.book)
        except CrmsheetError:
            assert self.ledger.now == before, f"{name} refused, and wrote all the same"
            return False
        if self.ledger.now == before:
            return False
        self.ledger.saw()
        self.ledger.tidy()
        assert leads_to is None or self.ledger.now == leads_to, f"{name} does not lead back to the very bytes"
        self.trail = [*self.trail, before]
        self.was_undone, self.undone = self.undone, []
        self.done[name] += 1
        return True

    # People ---------------------------------------------------------------------------------------------------

    @rule(place=PLACES, word=WORDS)
    def somebody_edits(self, place, word):
        self.by_hand("edit", lambda book: book["客户"].__setitem__(place, word or None))

    @rule(phone=PHONES, word=WORDS)
    def somebody_adds_a_row(self, phone, word):
        if phone in self.destroyed:
            return
        self.by_hand(
            "row", lambda book: book["客户"].append([f"H{phone[-4:]}", f"杭州{phone[-4:]}公司", phone, None, word])
        )

    @rule(stock=st.integers(0, 99))
    def somebody_counts_parts(self, stock):
        self.by_hand("parts", lambda book: book["配件"].__setitem__("B2", stock))

    def by_hand(self, name, edit):
        saved_by_hand(self.book, edit)
        self.ledger.saw()
        self.trail, self.undone = [], []  # from here on undo and redo work cell by cell
        self.done[name] += 1

    # Commands -------------------------------------------------------------------------------------------------

    @rule(key=KEYS, word=WORDS)
    def notes(self, key, word):
        self.attempt("note", lambda book: note(self.request(book), key, Contact(word, via="电话", next="3天后")))

    @rule(key=KEYS, phone=PHONES)
    def sets(self, key, phone):
        if phone in self.destroyed:
            return
        self.attempt("set", lambda book: set_fields(self.request(book), key, [("手机", phone), ("标签", phone[-1])]))

    @rule(phone=PHONES)
    def adds(self, phone):
        if phone in self.destroyed:
            return
        self.attempt("add", lambda book: add(self.request(book), f"宁波{phone[-4:]}公司", [("手机", phone)]))

    @rule(place=PLACES, word=WORDS)
    def sets_a_cell(self, place, word):
        self.attempt("cell", lambda book: set_cell(self.request(book), f"客户!{place}", Typed(word)))

    @rule(stock=st.integers(0, 99))
    def appends(self, stock):
        self.attempt(
            "append", lambda book: append(self.request(book), "配件", [Typed(f"B-{stock}"), Typed(str(stock))])
        )

    @rule()
    def cleans(self):
        self.attempt("clean", lambda book: clean(self.request(book), write=True))

    @rule()
    def dedupes(self):
        self.attempt("dedupe", lambda book: dedupe(self.request(book), write=True))

    # Back and forth -------------------------------------------------------------------------------------------

    @rule()
    def undoes(self):
        expected = self.trail[-1] if self.trail else None
        then = (self.ledger.now, self.trail)
        if self.attempt("undo", lambda book: undo(self.request(book), write=True), leads_to=expected):
            self.trail = then[1][:-1]
            self.undone = [*self.was_undone, then]
            self.done["undo, exact"] += expected is not None

    @rule(at=st.integers(0, 10**6))
    def undoes_an_older_version(self, at):
        then = (self.ledger.now, self.trail)
        if self.attempt("undo N", lambda book: undo(self.request(book), self.some_version(at), write=True)):
            self.trail, self.undone = [], [then]

    @rule()
    def redoes(self):
        """What stood before the undo stands again, and so does what undo would take back then."""
        expected, trail = self.undone[-1] if self.undone else (None, [])
        if self.attempt("redo", lambda book: redo(self.request(book), write=True), leads_to=expected):
            self.trail, self.undone = trail, self.was_undone[:-1]
            self.done["redo, exact"] += expected is not None

    @rule(at=st.integers(0, 10**6), key=st.sampled_from(("", "C0001")), field=st.sampled_from(("", "备注")))
    @precondition(lambda self: self.ledger.kept)
    def restores(self, at, key, field):
        """First a part of an older version, then all of it, to the very bytes."""
        version, chosen = self.some_version(at), Chosen("客户", key, field)
        self.attempt("restore a part", lambda book: restore(self.request(book), version, chosen, write=True))
        self.ledger.look()
        goal = self.ledger.states[self.ledger.versions[version]]
        self.attempt("restore", lambda book: restore(self.request(book), version, Chosen(), write=True), leads_to=goal)
        assert self.ledger.now == goal

    @rule(at=st.integers(0, 10**6), place=PLACES, word=WORDS, stock=st.integers(0, 99))
    @precondition(lambda self: self.ledger.kept)
    def merges_a_copy_of_an_older_state(self, at, place, word, stock):
        """Somebody has edited a copy of an older version; it is brought in."""
        base = self.some_version(at)
        copy = self.home / "copy" / self.book.name
        copy.parent.mkdir()
        copy.write_bytes(self.ledger.states[self.ledger.versions[base]][""])

        def edit(book):
            book["客户"][place] = word or None
            book["配件"]["B3"] = stock

        saved_by_hand(copy, edit)
        self.attempt("merge", lambda book: merge(self.request(book), base, str(book), str(copy), write=True))
        shutil.rmtree(copy.parent)

    @rule(key=KEYS)
    def asks_who(self, key):
        """Looking fills the user's cache, and changes nothing."""
        before = self.ledger.now
        with suppress(CrmsheetError):
            blame(self.request(self.book), key)
            self.done["blame"] += 1
        assert self.ledger.now == before

    def some_version(self, at):
        return self.ledger.kept[at % len(self.ledger.kept)] if self.ledger.kept else "1"

    # The history itself ---------------------------------------------------------------------------------------

    @rule(at=st.integers(0, 10**6), name=st.sampled_from(("季末", "before-fair", "月报")))
    @precondition(lambda self: self.ledger.kept)
    def tags(self, at, name):
        version = self.some_version(at)
        self.look_on("tag", lambda: tag(self.request(self.book), name, version, delete=False))
        self.ledger.tags[name] = version
        assert find_version(self.book, name).id == version

    @rule()
    @precondition(lambda self: self.ledger.kept)
    def prunes(self):
        try:
            self.look_on("prune", lambda: prune(self.request(self.book), write=True))
        except HistoryDamaged:
            assert self.ledger.harmed
            return
        given_up = {each.id for each in self.ledger.history.versions() if each.gone == "pruned"}
        assert given_up.isdisjoint(self.ledger.tags.values())
        assert given_up.isdisjoint(each for each in self.ledger.kept if self.ledger.versions[each] == self.sha256())
        self.done["pruned"] += len(given_up - self.ledger.spent)
        self.ledger.spent |= given_up
        self.ledger.check_chain()

    @rule(phone=PHONES)
    @precondition(lambda self: not self.ledger.harmed)
    def redacts(self, phone):
        """Somebody asks for erasure: a number leaves the book first, then all of its history."""
        if phone in self.destroyed or not any(holds(each, phone) for each in self.ledger.states.values()):
            return
        if holds(self.ledger.now, phone):
            with pytest.raises(CrmsheetError):
                redact(self.request(self.book), [phone], write=True)
            self.by_hand("erased", lambda book: without(book, phone))
        self.look_on("redact", lambda: redact(self.request(self.book), [phone], reason="asked for", write=True))
        self.ledger.take_redacted(phone, self.cache)
        self.destroyed.add(phone)
        self.trail, self.undone = [], []
        self.ledger.check_chain()

    def look_on(self, name, work):
        """Work on the history alone: the book is not touched."""
        before = self.ledger.now
        work()
        assert self.ledger.now == before
        self.done[name] += 1

    # Misfortune -----------------------------------------------------------------------------------------------

    @rule(key=KEYS, word=WORDS, share=st.floats(0, 1, exclude_max=True))
    def the_machine_stops_while_it_writes(self, key, word, share):
        """A write that is cut off at any of its steps; another machine tells what it would have come to."""

        def write(book):
            note(self.request(book), key, Contact(word, next="明天"))

        twin = self.home / "twin"
        shutil.copytree(self.book.parent, twin)
        try:
            with power_cut(-1)() as trace:
                write(twin / self.book.name)
        except CrmsheetError:
            return
        finally:
            new = (twin / self.book.name).read_bytes()
            shutil.rmtree(twin)
        old = self.ledger.now
        with pytest.raises(PowerCut), power_cut(int(share * len(trace.names)))():
            write(self.book)
        gc.collect()  # a dead process holds no lock
        assert self.ledger.now in (old, {"": new}), "half a book"
        self.ledger.saw()
        if self.ledger.now != old:
            self.trail, self.undone = [*self.trail, old], []
        self.done["power cut"] += 1

    @rule(at=st.integers(0, 10**6), forever=st.booleans())
    @precondition(lambda self: self.ledger.versions)
    def a_pack_is_missing(self, at, forever):
        """The next write notices, and is whole without it; it comes back, or what needed it is gone for good."""
        path = self.some_pack(at)
        whole = path.read_bytes()
        path.unlink()
        lost = forever and self.rough
        gone = self.ledger.never_wrong(0 if lost else 5)
        self.work_goes_on()
        self.ledger.look()
        if not lost:
            path.write_bytes(whole)
            self.ledger.check_chain()
        else:
            self.ledger.spent |= gone
            self.ledger.harmed = True
        self.done["pack missing"] += 1

    @rule(at=st.integers(0, 10**6))
    @precondition(lambda self: self.ledger.versions)
    def a_pack_is_damaged(self, at):
        """One byte is another: verify finds it, nothing comes back wrong, and from a backup all is as it was."""
        path = self.some_pack(at)
        whole = path.read_bytes()
        spoilt = bytearray(whole)
        spoilt[at % len(whole)] ^= 0x55
        path.write_bytes(spoilt)
        assert any(each.kind == DAMAGE for each in self.ledger.history.verify())
        self.ledger.never_wrong(5)
        self.work_goes_on()
        path.write_bytes(whole)
        self.ledger.look()
        self.ledger.check_chain()
        self.done["pack damaged"] += 1

    def some_pack(self, at):
        packs = sorted(self.ledger.history.folder.glob("v*.pack"))
        return packs[at % len(packs)]

    def work_goes_on(self):
        append(self.request(self.book), "配件", [Typed("C-1"), Typed("1")])
        self.ledger.saw()
        assert self.sha256() in {each.sha256 for each in self.ledger.history.heads()}
        self.trail, self.undone = [], []

    def sha256(self):
        return keeping.digest(self.ledger.now)

    @rule(key=KEYS, phone=PHONES)
    def another_machine_writes_and_the_folders_are_united(self, key, phone):
        if phone in self.destroyed:
            return
        there = self.home / "there"
        shutil.copytree(self.book.parent, there)
        book = there / self.book.name
        try:
            set_fields(self.request(book, "小李"), key, [("手机", phone), ("备注", "from there")])
        except CrmsheetError:
            pass
        else:
            self.ledger.saw({"": book.read_bytes()})
            united(there / ".crmsheet", self.book.parent / ".crmsheet")
            self.done["united"] += 1
        finally:
            shutil.rmtree(there)


def walked(steps: int, walks: int) -> Counter[str]:
    """Walks, and what was done on them, by its name."""
    done: Counter[str] = Counter()
    chance = random.Random(5)
    with (
        schema_read_once(),
        patch.dict(os.environ),  # each walk has a cache of its own
        patch.object(secrets, "token_bytes", chance.randbytes),
    ):
        run_state_machine_as_test(
            lambda: Walk(done),
            settings=settings(stateful_step_count=steps, max_examples=walks, report_multiple_bugs=False, phases=PHASES),
            _min_steps=steps,
        )
    return done


EVERYTHING = {
    "edit", "row", "parts", "note", "set", "add", "cell", "append", "clean", "dedupe", "undo", "undo, exact", "undo N",
    "redo", "redo, exact", "restore", "restore a part", "blame", "merge", "tag", "prune", "redact", "power cut",
    "pack missing", "pack damaged", "united",
}  # fmt: skip


def test_nothing_is_lost_on_walks_that_do_everything():
    """Each walk draws which rules it goes by, so it takes a few of them for all."""
    done = walked(steps=60, walks=8)
    assert done.keys() >= EVERYTHING, EVERYTHING - done.keys()


def test_nothing_is_lost_on_a_walk_of_200_steps():
    walked(steps=200, walks=2)
