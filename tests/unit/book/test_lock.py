"""One writer at a time, and never under an open spreadsheet program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crmsheet.book.lock import locked, open_elsewhere
from crmsheet.core.errors import BookLocked, WriteFailed
from tests.unit.book.made import put

HOLD = """
import sys, pathlib
from crmsheet.book.lock import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def excel_mark(user: str) -> bytes:
    """An owner file as Excel writes it: 165 bytes, the name twice."""
    local = bytes([len(user)]) + user.encode("utf-8")[:54].ljust(54)
    return local + len(user).to_bytes(2, "little") + user.encode("utf-16-le").ljust(108, b" \0"[:1])


def test_a_second_writer_waits_in_vain_and_is_told_whom_for(tmp_path):
    book = put(tmp_path, "客户.xlsx", b"x")
    with locked(book):
        owner = json.loads((tmp_path / ".crmsheet" / "客户.xlsx.owner").read_text(encoding="utf-8"))
        assert owner["pid"] == os.getpid()
        with pytest.raises(BookLocked) as error, locked(book, wait_seconds=0.05):
            pytest.fail("two writers")
        assert f"pid {os.getpid()}" in error.value.facts["holder"]
        with locked(put(tmp_path, "其他.xlsx", b"x")):
            pass
    with locked(book):
        pass
    assert not (tmp_path / ".crmsheet" / "客户.xlsx.owner").exists()


def test_another_process_holds_it_until_it_dies(tmp_path):
    book = put(tmp_path, "book.xlsx", b"x")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(book)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BookLocked) as error, locked(book):
            pytest.fail("two writers")
        assert f"pid {holder.pid}" in error.value.facts["holder"]
        holder.kill()
        holder.wait()
        # What a crash leaves behind locks nothing.
        assert (tmp_path / ".crmsheet" / "book.xlsx.owner").exists()
        with locked(book):
            pass


def test_an_error_inside_frees_the_book(tmp_path):
    book = put(tmp_path, "book.xlsx", b"x")
    with pytest.raises(ZeroDivisionError), locked(book):
        raise ZeroDivisionError
    with locked(book):
        pass


@pytest.mark.parametrize(
    ("mark", "content", "words"),
    [
        ("~$客户.xlsx", excel_mark("张三"), ["张三", "Excel", "~$客户.xlsx"]),
        ("~$客户.xlsx", b"\x05Zhang" + bytes(49), ["Zhang", "Excel"]),
        ("~$客户.xlsx", b"", ["Excel"]),
        (".~客户.xlsx", excel_mark("李四"), ["李四", "WPS"]),
        (".~lock.客户.xlsx#", "王五,host/wang,pc,05.01.2024 10:00,file:///home;".encode(), ["王五", "LibreOffice"]),
        (".~lock.客户.xlsx#", b",,pc,05.01.2024 10:00,file:///home;", ["LibreOffice"]),
    ],
)
def test_open_in_a_spreadsheet_program(tmp_path, mark, content, words):
    book = put(tmp_path, "客户.xlsx", b"x")
    assert open_elsewhere(book) is None
    put(tmp_path, mark, content)
    said = open_elsewhere(book)
    assert said is not None
    assert all(word in said for word in words), said
    with pytest.raises(BookLocked) as error, locked(book):
        pytest.fail("it is open")
    assert error.value.facts["holder"] == said
    (tmp_path / mark).unlink()
    with locked(book):
        pass


def test_a_folder_is_open_when_one_of_its_files_is(tmp_path):
    folder = tmp_path / "账本"
    folder.mkdir()
    put(folder, "客户.csv", b"a\n")
    with locked(folder):
        assert (folder / ".crmsheet" / "@folder.lock").exists()
    put(folder, ".~lock.客户.csv#", b"A,B,c,d,e;")
    assert open_elsewhere(folder) == "A, LibreOffice, .~lock.客户.csv#"


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    book = put(tmp_path, "book.xlsx", b"x")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(WriteFailed) as error, locked(book):
        pytest.fail("it cannot be locked")
    assert error.value.exit_code == 9


def test_a_lock_file_that_cannot_be_written(tmp_path, monkeypatch):
    book = put(tmp_path, "book.xlsx", b"x")
    real = os.open

    def refuse(path: object, *rest: int, **more: int) -> int:
        if str(path).endswith(".lock"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(WriteFailed), locked(book):
        pytest.fail("it cannot be locked")
