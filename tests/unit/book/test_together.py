"""Several files of a folder change all at once, or none of them does."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from crmsheet.book import members
from crmsheet.book.members import read_members
from crmsheet.book.replacing import digest, replace, tidy
from crmsheet.book.together import note_of
from crmsheet.core.errors import BookChanged, WriteFailed
from crmsheet.disk import steps
from tests.unit.book.made import put

OLD = {"a.csv": b"a\n", "b.csv": b"b\n"}
NEW = {"a.csv": b"A\n", "b.csv": b"B\n", "c.csv": b"C\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in OLD.items():
        put(tmp_path, name, content)
    return tmp_path


@pytest.fixture
def half_way(folder, monkeypatch):
    """A folder whose writer was killed after the first of three files had got its name."""
    real, names = steps.replace, []

    def second_kills(old: Path, new: Path) -> None:
        if new.suffix == ".csv":
            names.append(new.name)
            if len(names) > 1:
                os._exit(9)
        real(old, new)

    child = os.fork()
    if child == 0:
        steps.replace = second_kills
        replace(folder, NEW, digest(OLD))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    return folder


def test_who_reads_sees_the_new_state_before_all_files_have_their_names(half_way):
    on_disk = {each.name: each.read_bytes() for each in half_way.glob("*.csv")}
    assert on_disk == {"a.csv": b"A\n", "b.csv": b"b\n"}
    assert read_members(half_way) == NEW
    tidy(half_way)
    assert {each.name: each.read_bytes() for each in half_way.glob("*.csv")} == NEW
    assert read_members(half_way) == NEW
    assert [each.name for each in half_way.rglob("*") if each.suffix in (".tmp", ".exchange")] == []


def test_what_somebody_edits_before_it_is_finished_stays(half_way):
    put(half_way, "b.csv", b"edited\n")
    assert read_members(half_way) == {**NEW, "b.csv": b"edited\n"}
    tidy(half_way)
    assert read_members(half_way) == {**NEW, "b.csv": b"edited\n"}
    assert not note_of(half_way).exists()


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b'[{"name": "a.csv"}]'])
def test_a_damaged_note_says_nothing(folder, content):
    note_of(folder).parent.mkdir()
    note_of(folder).write_bytes(content)
    assert read_members(folder) == OLD
    tidy(folder)
    assert read_members(folder) == OLD


def test_files_that_cannot_be_put_back_are_finished_by_the_next_writer(folder, monkeypatch):
    real = steps.replace

    def disk_is_gone(old: Path, new: Path) -> None:
        if new.name == "b.csv":
            monkeypatch.setattr(steps, "create", refuse)
            refuse()
        real(old, new)

    def refuse(*_: object) -> int:
        raise OSError(errno.EIO, "gone")

    monkeypatch.setattr(steps, "replace", disk_is_gone)
    assert replace(folder, NEW, digest(OLD)) == digest(NEW), "the note holds, so it is written"
    monkeypatch.undo()
    assert (folder / "b.csv").read_bytes() == b"b\n"
    assert read_members(folder) == NEW
    tidy(folder)
    assert (folder / "b.csv").read_bytes() == b"B\n"


def test_without_room_for_the_note_nothing_is_renamed(folder, monkeypatch):
    real = steps.replace

    def no_note(old: Path, new: Path) -> None:
        if new.name == note_of(folder).name:
            raise OSError(errno.ENOSPC, "full")
        real(old, new)

    monkeypatch.setattr(steps, "replace", no_note)
    with pytest.raises(WriteFailed, match="disk is full"):
        replace(folder, NEW, digest(OLD))
    assert {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()} == OLD


def test_what_changes_while_it_is_read_is_read_once_more(folder, monkeypatch):
    real, reads = members._read, []

    def slow(path: Path) -> bytes:
        content = real(path)
        reads.append(path.name)
        if len(reads) == 1:
            replace(folder, {"a.csv": b"A\n", "b.csv": b"B\n"}, digest(OLD))
        return content

    monkeypatch.setattr(members, "_read", slow)
    assert read_members(folder) == {"a.csv": b"A\n", "b.csv": b"B\n"}, "never the old one beside the new one"


def test_what_changes_whenever_it_is_read_is_not_taken(tmp_path, monkeypatch):
    book, real = put(tmp_path, "book.xlsx", b""), members._read

    def busy(path: Path) -> bytes:
        with path.open("ab") as file:
            file.write(b"x")
        return real(path)

    monkeypatch.setattr(members, "_read", busy)
    with pytest.raises(BookChanged) as error:
        read_members(book)
    assert error.value.exit_code == 6


def test_the_note_names_every_file(folder, monkeypatch):
    notes = []
    real = steps.remove

    def look(path: Path) -> None:
        if path == note_of(folder):
            notes.append(json.loads(path.read_bytes()))
        real(path)

    monkeypatch.setattr(steps, "remove", look)
    replace(folder, NEW, digest(OLD))
    assert [each["name"] for each in notes[0]] == list(NEW)
    assert [bool(each["before"]) for each in notes[0]] == [True, True, False]
