"""The stack of undo and redo, and which versions hold the same content, told from sequences of versions."""

from __future__ import annotations

import pytest

from crmsheet.core.versions import Version
from crmsheet.history.reversals import line_of, reversals


def versions(*steps: str) -> tuple[Version, ...]:
    """A chain: `w` a write, `f` edits by people, `u2` an undo of version 2, `r3` a redo of the undo 3.

    `f=1` has the bytes of version 1. The id of the third version is `v3`, its digest `b3`.
    """
    made: list[Version] = []
    for number, step in enumerate(steps, start=1):
        what, _, same = step.partition("=")
        command = {"w": "set", "f": "", "u": "undo", "r": "redo"}[what[0]]
        made.append(
            Version(
                f"v{number}",
                number,
                f"v{number - 1}" if number > 1 else "",
                "li",
                "2026-01-05",
                command,
                f"v{what[1:]}" if what[1:] else "",
                f"b{same or number}",
                "crmsheet" if command else "found",
                {},
                (f"v{number - 1}",) if number > 1 else (),
            )
        )
    return tuple(made)


def numbers(found) -> list[int]:
    return [each.number for each in found]


@pytest.mark.parametrize(
    ("steps", "writes", "undone"),
    [
        ((), [], []),
        (("f",), [], []),
        (("f", "w", "w", "w"), [2, 3, 4], []),
        (("f", "w", "w", "u3"), [2], [4]),
        (("f", "w", "w", "u3", "u2"), [], [4, 5]),
        (("f", "w", "w", "u3", "u2", "r5"), [2], [4]),
        (("f", "w", "w", "u3", "u2", "r5", "r4"), [2, 3], []),
        (("f", "w", "w", "u3", "w"), [2, 5], []),
        (("f", "w", "w", "u3", "f"), [2], [4]),
        (("f", "w", "w", "u2"), [3], [4]),
        (("f", "w", "w", "u2", "r4"), [2, 3], []),
        (("f", "w", "f", "u3"), [2], [4]),
        (("f", "w", "u2", "r3", "u2", "r5", "u2"), [], [7]),
        (("f", "w", "u2", "w", "r3"), [2, 4], []),
        (("f", "w", "u9"), [2], [3]),
        (("f", "w", "r9"), [2], []),
    ],
)
def test_what_undo_and_redo_take_back_next(steps, writes, undone):
    known = reversals(versions(*steps), "")
    assert numbers(known.writes) == writes
    assert numbers(known.undone) == undone


@pytest.mark.parametrize(
    ("steps", "now", "target", "same"),
    [
        # Two writes, the older one taken out by key: without the other as well it is the first version again.
        (("f", "w", "w", "u2"), "b4", "v3", 1),
        (("f", "w", "w", "u2", "u3"), "b5", "v2", 2),
        (("f", "w", "w", "u2", "u3"), "b5", "v3", 4),
        # The write of version 3 alone never was the book.
        (("f", "w", "w"), "b3", "v2", None),
        # Edits by people begin anew: nothing before them is the same book.
        (("f", "w", "f", "u2"), "b4", "v2", 3),
        (("f", "w", "w", "f", "u2"), "b5", "v3", None),
        # The same bytes are the same content, whatever came between.
        (("f", "w", "f", "f=2", "w"), "b5", "v5", 4),
        (("f", "w", "w", "f", "u4=3", "u2"), "b6", "v3", 1),
        # A book that is no version is nothing that is known.
        (("f", "w"), "elsewhere", "v2", None),
    ],
)
def test_a_version_that_is_the_book_but_for_one(steps, now, target, same):
    known = reversals(versions(*steps), now)
    there = known.turned(now, target, out=True), known.turned(now, target, out=False)
    assert [each.number for each in there if each] == ([same] if same else [])


def test_what_was_taken_out_is_not_taken_out_again():
    known = reversals(versions("f", "w", "w", "f=2"), "b2")
    assert known.turned("b2", "v3", out=True) is None, "somebody has put the second version back in its place"
    assert known.turned("b2", "v3", out=False) == known.line[2]


def test_only_the_line_that_the_book_comes_from_counts():
    first, ours, theirs = versions("f", "w", "w")
    theirs = Version(**{name: getattr(theirs, name) for name in theirs.__dataclass_fields__} | {"parents": ("v1",)})
    every = (first, ours, theirs)
    assert numbers(line_of(every, "b2")) == [1, 2]
    assert numbers(line_of(every, "b3")) == [1, 3]
    assert numbers(reversals(every, "b2").writes) == [2]


def test_a_merge_comes_from_both():
    first, ours, theirs, merged = versions("f", "w", "w", "w")
    merged = Version(
        **{name: getattr(merged, name) for name in merged.__dataclass_fields__} | {"parents": ("v2", "v3")}
    )
    assert numbers(line_of((first, ours, theirs, merged), "b4")) == [1, 2, 3, 4]


def test_a_version_that_is_gone_hides_none_before_it():
    every = versions("f", "w", "w", "w")
    assert numbers(reversals((*every[:2], every[3]), "b4").writes) == [2, 4]
