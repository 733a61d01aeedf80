"""A random walk through the life of a book: people, commands, other machines, power cuts. Nothing is ever lost.

The model is every state that the book ever had (`walking.Ledger`). After each step the book is one of them, each new
version is one of them, and in the end every version is asked to come back byte for byte.
"""

from __future__ import annotations

import gc
import os
import random
import secrets
import shutil
from collections import Counter
from contextlib import contextmanager, suppress
from unittest.mock import patch

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crmsheet.app import keeping
from crmsheet.app.blame import blame
from crmsheet.app.cell import append
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
from tests.properties.life import KEYS, PHONES, PLACES, WORDS, Life, without
from tests.properties.walking import PowerCut, holds, power_cut, saved_by_hand, united
from tests.small_books import schema_read_once

PHASES = (Phase.generate,)


class Walk(Life):
    """The book's life, back and forth. On a `rough` walk a pack is lost for good."""

    @initialize(rough=st.booleans())
    def sets_out(self, rough):
        self.rough = rough

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
        lost = forever and self.rough and not self.ledger.harmed
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


@contextmanager
def quick_and_the_same_each_time():
    """Nonces are drawn alike in each run, the schema is read once, and each walk has a cache of its own."""
    chance = random.Random(5)
    with schema_read_once(), patch.dict(os.environ), patch.object(secrets, "token_bytes", chance.randbytes):
        yield


@pytest.mark.parametrize(("steps", "walks"), [(60, 7), (200, 2)])
def test_nothing_is_lost(steps, walks):
    """Each walk draws the rules that it goes by, so short ones see more of them, and a long one more of each."""
    with quick_and_the_same_each_time():
        run_state_machine_as_test(
            lambda: Walk(Counter()),
            settings=settings(stateful_step_count=steps, max_examples=walks, report_multiple_bugs=False, phases=PHASES),
            _min_steps=steps,
        )


def test_no_rule_of_the_walk_is_idle():
    """One step of each kind, in an order in which every one of them has something to do."""
    done: Counter[str] = Counter()
    with quick_and_the_same_each_time():
        walk = Walk(done)
        walk.sets_out(rough=True)
        for step in (
            walk.cleans,
            lambda: walk.notes("C0001", "已报价"),
            lambda: walk.sets("C0002", "13900000001"),
            walk.undoes,
            walk.redoes,
            lambda: walk.sets_a_cell("E2", "二"),
            lambda: walk.undoes_an_older_version(2),
            walk.dedupes,
            lambda: walk.adds("13900000002"),
            lambda: walk.appends(3),
            lambda: walk.tags(1, "季末"),
            lambda: walk.restores(0, "C0002", ""),
            lambda: walk.merges_a_copy_of_an_older_state(1, "E3", "二", 55),
            lambda: walk.somebody_edits("E3", "一"),
            lambda: walk.somebody_adds_a_row("13900000003", "二"),
            lambda: walk.somebody_counts_parts(6),
            lambda: walk.asks_who("C0001"),
            lambda: walk.another_machine_writes_and_the_folders_are_united("C0002", "13900000004"),
            lambda: walk.the_machine_stops_while_it_writes("C0001", "一", 0.9),
            lambda: walk.a_pack_is_damaged(5000),
            walk.prunes,
            lambda: walk.redacts("13900000002"),
            lambda: walk.a_pack_is_missing(1, forever=True),
        ):
            step()
            walk.the_book_and_every_new_version_are_states_that_were()
        walk.teardown()
    assert done.keys() >= EVERYTHING, EVERYTHING - done.keys()


EVERYTHING = {
    "edit", "row", "parts", "note", "set", "add", "cell", "append", "clean", "dedupe", "undo, exact", "undo N",
    "redo, exact", "restore", "restore a part", "blame", "merge", "tag", "pruned", "redact", "power cut",
    "pack missing", "pack damaged", "united",
}  # fmt: skip
