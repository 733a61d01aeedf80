"""Laws of the history: every state comes back byte for byte, whatever was written, found, crashed or synchronised."""

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.history.draft import State
from crmsheet.history.manifest import apply_script, write_script
from crmsheet.history.store import History
from tests.unit.history.made import FRAMING, deed, found, sha256, sheet, state

texts = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="<&"), max_size=6), max_size=12)
members = st.dictionaries(st.sampled_from(["客户.csv", "交易.csv", "x.xlsx"]), texts, min_size=1)


def book(rows_by_name):
    """A book of CSV files and a workbook, with a digest over all of it."""
    files = {
        name: sheet(rows) if name.endswith("xlsx") else "\n".join(rows).encode() for name, rows in rows_by_name.items()
    }
    return State(files, sha256(repr(sorted(files.items())).encode()))


@contextmanager
def fresh():
    with tempfile.TemporaryDirectory() as folder:
        yield History(Path(folder) / "h", FRAMING)


@given(st.lists(st.tuples(members, st.booleans()), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_every_version_comes_back_byte_for_byte(steps):
    with fresh() as history:
        now = book({})
        written = {}
        for rows, by_hand in steps:
            new = book(rows)
            version = history.record(new, found()) if by_hand else history.seal(history.intend(now, new, deed()))
            written[version.id] = new.files
            now = new
        for version_id, files in written.items():
            restored = history.restore(version_id)
            assert restored.exact
            assert restored.files == files
        chain = history.versions()
        assert all(after.parent == before.id for before, after in pairwise(chain))
        assert history.damage() == ()


@given(st.lists(st.tuples(st.booleans(), texts, st.booleans()), min_size=1, max_size=5))
@settings(max_examples=20, deadline=None)
def test_two_computers_and_a_sync_client_lose_no_version(steps):
    """Each step: which computer writes, what it writes, and whether the folders are synchronised afterwards."""
    with fresh() as here, fresh() as there:
        books = {here: b"begin\n", there: b"begin\n"}
        written = {}
        for on_this, rows, synchronise in steps:
            history = here if on_this else there
            new = "\n".join(rows).encode()
            version = history.seal(history.intend(state(books[history]), state(new), deed()))
            books[history] = written[version.id] = new
            if synchronise:
                copy_new(here, there)
                copy_new(there, here)
        copy_new(there, here)
        assert here.damage() == ()
        assert {version_id: here.restore(version_id).files[""] for version_id in written} == written
        digests = {version.sha256 for version in here.versions()}
        assert digests >= {sha256(content) for content in written.values()}


def copy_new(source, target):
    """What a sync client does with files that never change: it copies those that are missing."""
    target.folder.mkdir(parents=True, exist_ok=True)
    for path in source.folder.iterdir() if source.folder.is_dir() else ():
        if not (target.folder / path.name).exists():
            shutil.copy(path, target.folder / path.name)


class PowerCut(BaseException):
    """The machine stopped."""


@contextmanager
def power_cut_after(steps):
    """The machine stops at the nth flush, rename or removal; before or after it, as `steps` is even or odd."""
    left = [steps]

    def guarded(real):
        def call(*arguments, **options):
            left[0] -= 1
            if left[0] == -1:
                raise PowerCut
            done = real(*arguments, **options)
            left[0] -= 1
            if left[0] == -1:
                raise PowerCut
            return done

        return call

    with (
        patch("os.fsync", guarded(os.fsync)),
        patch.object(Path, "replace", guarded(Path.replace)),
        patch.object(Path, "unlink", guarded(Path.unlink)),
    ):
        yield left


def write_book(path, history, new):
    """What the app does: settle, intend, replace, seal."""
    old = path.read_bytes()
    history.resolve(sha256(old))
    intent = history.intend(state(old), state(new), deed())
    temporary = path.with_suffix(".new")
    temporary.write_bytes(new)
    temporary.replace(path)
    history.seal(intent)


@pytest.mark.parametrize("first_use", [True, False])
def test_a_power_cut_at_any_step_leaves_book_and_history_in_step(first_use):
    old, new, newer = (sheet([text] * 5) for text in ("旧", "新", "更新"))
    outcomes = set()
    for steps in range(200):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "b.xlsx"
            history = History(Path(folder) / "h", FRAMING)
            path.write_bytes(old)
            if not first_use:
                history.record(state(old), found())
            with power_cut_after(steps) as left, suppress(PowerCut):
                write_book(path, history, new)
            if left[0] >= 0:
                break
            now = path.read_bytes()
            assert now in (old, new)
            outcomes.add((now == new, len(history.pending()), len(history.versions())))
            assert history.damage() == ()
            settled = history.resolve(sha256(now))
            assert not settled.unknown
            assert history.pending() == ()
            if now == new:
                assert history.head().sha256 == sha256(new)
                assert history.head().command == "clean"
            write_book(path, history, newer)
            kept = [history.restore(version.id).files[""] for version in history.versions()]
            assert kept == ([old, new, newer] if now == new else [old, newer])
    else:
        pytest.fail("the write never came to its end")
    assert {(False, 0), (False, 1), (True, 1), (True, 0)} == {outcome[:2] for outcome in outcomes}


@given(st.lists(st.sampled_from("abcdef")), st.lists(st.sampled_from("abcdefgh")))
def test_a_script_makes_the_lines_it_was_made_for(parent, lines):
    assert apply_script(parent, write_script(parent, lines)) == lines
