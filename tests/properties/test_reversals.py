"""Undo and redo as a pile of things done and one of things undone, whatever the sequence of commands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crmsheet.core.versions import Version
from crmsheet.history.reversals import reversals

WHAT = st.sampled_from(["write", "people", "undo", "older", "redo"])
STEPS = st.lists(st.tuples(WHAT, st.integers(0, 9)), max_size=40)


class Desk:
    """A slow twin: the piles themselves, and what the book holds after each step."""

    def __init__(self) -> None:
        self.versions: list[Version] = []
        self.done: list[str] = []
        self.undone: list[tuple[str, str]] = []
        self.era = 0
        self.held: list[tuple[int, frozenset[str]]] = []

    def add(self, command: str, message: str = "") -> str:
        number = len(self.versions) + 1
        parent = self.versions[-1].id if self.versions else ""
        origin = "crmsheet" if command else "found"
        facts = (f"v{number}", number, parent, "", "", command, message, f"b{number}", origin, {})
        self.versions.append(Version(*facts, parents=(parent,) if parent else ()))
        return f"v{number}"

    def step(self, what: str, which: int) -> None:
        if what == "write":
            self.done.append(self.add("set"))
            self.undone.clear()
        elif what == "people":
            self.add("")
            self.era += 1
        elif what in ("undo", "older") and self.done:
            at = len(self.done) - 1 if what == "undo" else which % len(self.done)
            write = self.done.pop(at)
            self.undone.append((self.add("undo", write), write))
        elif what == "redo" and self.undone:
            undo, write = self.undone.pop()
            self.add("redo", undo)
            self.done.append(write)
            self.done.sort(key=lambda each: int(each[1:]))
        else:
            return
        self.held.append((self.era, frozenset(self.done)))


@given(STEPS)
def test_the_versions_tell_what_the_piles_would(steps):
    desk = Desk()
    for what, which in steps:
        desk.step(what, which)
    known = reversals(desk.versions, "")
    assert [each.id for each in known.writes] == desk.done
    assert [each.id for each in known.undone] == [undo for undo, _ in desk.undone]


@given(STEPS)
def test_versions_hold_the_same_exactly_where_the_same_writes_stand_and_nobody_edited_between(steps):
    desk = Desk()
    for what, which in steps:
        desk.step(what, which)
    contents = [reversals(desk.versions, "").contents[each.id] for each in desk.versions]
    for one, held in zip(contents, desk.held, strict=True):
        for other, there in zip(contents, desk.held, strict=True):
            assert (one == other) == (held == there)
