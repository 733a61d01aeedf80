"""A book in use, for the random walk: people edit it, commands write it, and the ledger knows every state it had."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
)

from crmsheet.app.add import add
from crmsheet.app.cell import append, set_cell
from crmsheet.app.clean import clean
from crmsheet.app.dedupe import dedupe
from crmsheet.app.note import Contact, note
from crmsheet.app.set_fields import set_fields
from crmsheet.app.typed import Typed
from crmsheet.core.errors import CrmsheetError
from tests.properties.walking import Ledger, holds, saved_by_hand, without_clock
from tests.small_books import NOW, request_of, workbook

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
PLACES = st.sampled_from(("E2", "E3", "D4", "C5", "E9"))


def without(book, value):
    """Empties every cell of a workbook that holds a value."""
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
        if value in str(cell.value):
            cell.value = None


class Life(RuleBasedStateMachine):
    """One book, edited by people and by commands."""

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
