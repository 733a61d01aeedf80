"""A book is exchanged whole, against the bytes that were read, or it stays as it is."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

import pytest

from crmsheet.book.opening import open_book_file
from crmsheet.book.replacing import digest, replace
from crmsheet.core.errors import BookChanged, BookLocked, WriteFailed
from crmsheet.core.messages import Message
from crmsheet.disk import steps
from tests.unit.book.made import put


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def failing(code: int) -> object:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def test_a_file(tmp_path):
    book = put(tmp_path, "客户.xlsx", b"before")
    book.chmod(0o640)
    assert replace(book, {"": b"after"}, sha(b"before")) == sha(b"after")
    assert book.read_bytes() == b"after"
    assert stat.S_IMODE(book.stat().st_mode) == 0o640
    assert names(tmp_path) == ["客户.xlsx"]


def test_a_link_stays_a_link(tmp_path):
    book = put(tmp_path, "book.xlsx", b"before")
    link = tmp_path / "link.xlsx"
    link.symlink_to(book)
    replace(link, {"": b"after"}, sha(b"before"))
    assert link.is_symlink()
    assert book.read_bytes() == b"after"


@pytest.mark.parametrize("now", [b"other", b"", None])
def test_somebody_else_was_faster(tmp_path, now):
    book = put(tmp_path, "book.xlsx", b"before")
    if now is None:
        book.unlink()
    else:
        book.write_bytes(now)
    with pytest.raises(BookChanged):
        replace(book, {"": b"after"}, sha(b"before"))
    assert names(tmp_path) == ([] if now is None else ["book.xlsx"])
    if now is not None:
        assert book.read_bytes() == now


def test_a_folder_keeps_what_is_not_named(tmp_path):
    put(tmp_path, "a.csv", b"a\n")
    put(tmp_path, "b.csv", b"b\n")
    put(tmp_path, "readme.txt", b"x")
    before = open_book_file(tmp_path).source.sha256
    after = replace(tmp_path, {"a.csv": b"A\n"}, before)
    assert after == open_book_file(tmp_path).source.sha256 == digest({"a.csv": b"A\n", "b.csv": b"b\n"})
    assert names(tmp_path) == ["a.csv", "b.csv", "readme.txt"]
    new = replace(tmp_path, {"c.csv": b"c\n"}, after)
    assert new == open_book_file(tmp_path).source.sha256


def test_a_renamed_file_of_a_folder_is_a_change(tmp_path):
    put(tmp_path, "a.csv", b"a\n")
    before = open_book_file(tmp_path).source.sha256
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    with pytest.raises(BookChanged):
        replace(tmp_path, {"a.csv": b"A\n"}, before)
    assert names(tmp_path) == ["b.csv"]


@pytest.mark.parametrize("call", ["fsync", "replace", "write"])
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EACCES, "may not write"),
        (errno.EROFS, "only be read"),
        (errno.EIO, "reports an error"),
        (errno.ENOTCONN, os.strerror(errno.ENOTCONN)),
    ],
)
def test_a_failing_disk_leaves_the_book_and_no_rest(tmp_path, monkeypatch, call, code, words):
    book = put(tmp_path, "book.xlsx", b"before")
    monkeypatch.setattr(os, call, failing(code))
    with pytest.raises(WriteFailed) as error:
        replace(book, {"": b"after"}, sha(b"before"))
    monkeypatch.undo()
    detail = error.value.facts["detail"]
    assert words in (detail.template if isinstance(detail, Message) else str(detail))
    assert error.value.exit_code == 9
    assert book.read_bytes() == b"before"
    assert names(tmp_path) == ["book.xlsx"]


def test_a_folder_without_room_for_a_temporary_file(tmp_path, monkeypatch):
    book = put(tmp_path, "book.xlsx", b"before")
    monkeypatch.setattr(steps, "create", failing(errno.EACCES))
    with pytest.raises(WriteFailed):
        replace(book, {"": b"after"}, sha(b"before"))
    assert book.read_bytes() == b"before"


def test_a_file_marked_read_only_is_respected(tmp_path, monkeypatch):
    book = put(tmp_path, "book.xlsx", b"before")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(WriteFailed):
        replace(book, {"": b"after"}, sha(b"before"))
    assert book.read_bytes() == b"before"


def test_half_a_folder_is_put_back(tmp_path, monkeypatch):
    put(tmp_path, "a.csv", b"a\n")
    put(tmp_path, "b.csv", b"b\n")
    before = open_book_file(tmp_path).source.sha256
    real = os.replace

    def second_fails(source: Path, target: Path) -> None:
        if target.name == "b.csv":
            raise OSError(errno.ENOSPC, "full")
        real(source, target)

    monkeypatch.setattr(os, "replace", second_fails)
    with pytest.raises(WriteFailed):
        replace(tmp_path, {"a.csv": b"A\n", "b.csv": b"B\n", "c.csv": b"C\n"}, before)
    assert open_book_file(tmp_path).source.sha256 == before
    assert names(tmp_path) == [".crmsheet", "a.csv", "b.csv"]
    assert names(tmp_path / ".crmsheet") == []


def test_a_file_that_another_program_holds_open_on_windows(tmp_path, monkeypatch):
    book = put(tmp_path, "book.xlsx", b"before")

    class SharingViolation(PermissionError):
        winerror = 32

    def refuse(*_: object) -> None:
        raise SharingViolation(errno.EACCES, "in use")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(BookLocked):
        replace(book, {"": b"after"}, sha(b"before"))
    assert names(tmp_path) == ["book.xlsx"]


def test_digests(tmp_path):
    assert digest({"": b"x"}) == sha(b"x")
    assert digest({"a": b"x", "b": b"y"}) == digest({"b": b"y", "a": b"x"})
    assert digest({"a": b"x"}) != digest({"": b"x"})
    assert digest({"a": b"x", "b": b"y"}) != digest({"a": b"y", "b": b"x"})
