"""One writer at a time, and never under an open spreadsheet program."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from crmsheet.book import lock
from crmsheet.book.lock import Patience, age_words, locked, open_elsewhere, until_free
from crmsheet.core.errors import BookLocked, BookLockOld, WriteFailed
from crmsheet.core.messages import Speech
from tests.unit.book.made import put

HOLD = """
import sys, pathlib
from crmsheet.book.lock import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def said(words: object) -> str:
    return Speech("en", str).say(words)


def excel_mark(user: str) -> bytes:
    """An owner file as Excel writes it: 165 bytes, the name twice."""
    local = bytes([len(user)]) + user.encode("utf-8")[:54].ljust(54)
    return local + len(user).to_bytes(2, "little") + user.encode("utf-16-le").ljust(108, b" \0"[:1])


def test_a_second_writer_waits_in_vain_and_is_told_whom_for(tmp_path):
    book = put(tmp_path, "客户.xlsx", b"x")
    with locked(book):
        owner = json.loads((tmp_path / ".crmsheet" / "客户.xlsx.owner").read_text(encoding="utf-8"))
        assert owner["pid"] == os.getpid()
        with pytest.raises(BookLocked) as error, locked(book, Patience(0.05)):
            pytest.fail("two writers")
        assert re.search(rf"process {os.getpid()}, since \d{{4}}-\d\d-\d\d \d\d:\d\d, for \d+ s\)", str(error.value))
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
        assert f"process {holder.pid}, since" in str(error.value)
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
    holder = open_elsewhere(book)
    assert holder is not None
    assert all(word in said(holder.words) for word in [*words, "since", "for 1 s"]), holder
    with pytest.raises(BookLocked) as error, locked(book):
        pytest.fail("it is open")
    assert said(error.value.facts["holder"]) == said(holder.words)
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
    holder = open_elsewhere(folder)
    assert holder is not None
    assert said(holder.words).startswith("A, LibreOffice, .~lock.客户.csv#, since ")


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


AN_HOUR = 3600


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (AN_HOUR - 1, "59 min"),
        (2 * AN_HOUR + 300, "2 h 5 min"),
        (24 * AN_HOUR, "1 d 0 h"),
        (50 * AN_HOUR + 1700, "2 d 2 h"),
    ],
)
def test_how_long_is_said_in_two_units(seconds, words):
    assert said(age_words(dt.timedelta(seconds=seconds))) == words


def aged(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_a_mark_tells_how_long_and_from_a_day_on_how_to_go_on(tmp_path):
    book = put(tmp_path, "客户.xlsx", b"x")
    mark = put(tmp_path, "~$客户.xlsx", excel_mark("张三"))
    aged(mark, 2 * AN_HOUR + 5 * 60)
    with pytest.raises(BookLocked, match=r"张三, Excel, ~\$客户.xlsx, since .*, for 2 h 5 min") as error, locked(book):
        pytest.fail("it is open")
    assert not isinstance(error.value, BookLockOld)
    aged(mark, 25 * AN_HOUR)
    with (
        pytest.raises(BookLockOld, match=r"for 1 d 1 h\). If nobody has it open any more, .*: delete .*~\$客户.xlsx"),
        locked(book),
    ):
        pytest.fail("it is open")
    aged(mark, -AN_HOUR)
    with pytest.raises(BookLocked, match="for 1 s"), locked(book):
        pytest.fail("a clock that is ahead makes no age")


def test_who_waits_gets_the_book_once_it_is_closed(tmp_path):
    book = put(tmp_path, "客户.xlsx", b"x")
    mark = put(tmp_path, "~$客户.xlsx", excel_mark("张三"))
    told: list[str] = []
    closing = threading.Timer(0.3, mark.unlink)
    closing.start()
    with locked(book, Patience(0, 20, lambda each: told.append(said(each)))):
        assert not mark.exists()
    closing.join()
    assert len(told) == 1, "who has it is told once"
    assert "waiting: 张三, Excel" in told[0]


def test_the_lock_is_free_for_others_while_one_waits_for_a_program(tmp_path):
    book = put(tmp_path, "客户.xlsx", b"x")
    mark = put(tmp_path, "~$客户.xlsx", excel_mark("张三"))
    other: list[BaseException] = []

    def try_as_well() -> None:
        try:
            with locked(book):
                pytest.fail("it is open")
        except BookLocked as error:
            other.append(error)
        mark.unlink()

    trying = threading.Timer(0.3, try_as_well)
    trying.start()
    with locked(book, Patience(0, 20)):
        pass
    trying.join()
    assert "Excel" in str(other[0]), "it was told of Excel, not of the crmsheet that waits"


def test_waiting_ends_with_the_time(tmp_path):
    book = put(tmp_path, "客户.xlsx", b"x")
    put(tmp_path, "~$客户.xlsx", excel_mark("张三"))
    begun = time.monotonic()
    with pytest.raises(BookLocked), locked(book, Patience(0, 0.5)):
        pytest.fail("it is open")
    assert 0.4 < time.monotonic() - begun < 10
    assert until_free(book, Patience(1, 0.3)) == Patience(1, 0.0)
    (tmp_path / "~$客户.xlsx").unlink()
    assert 8 < until_free(book, Patience(1, 9)).programs <= 9


def test_another_crmsheet_is_waited_for(tmp_path):
    book = put(tmp_path, "book.xlsx", b"x")
    entered, told = threading.Event(), []

    def hold() -> None:
        with locked(book):
            entered.set()
            time.sleep(0.4)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait()
    with locked(book, Patience(20, 0, lambda each: told.append(said(each)))):
        pass
    holder.join()
    assert "waiting: crmsheet of" in told[0]


def test_a_lock_by_existence_of_another_machine_is_old_after_a_day(tmp_path, monkeypatch):
    from filelock import SoftFileLock

    monkeypatch.setattr(lock, "FileLock", SoftFileLock)
    book = put(tmp_path, "book.xlsx", b"x")
    folder = tmp_path / ".crmsheet"
    folder.mkdir()
    put(folder, "book.xlsx.lock", b"4711\nfar-away\n")
    for hours, kind, words in ((2, BookLocked, "for 2 h 0 min"), (26, BookLockOld, "for 1 d 2 h")):
        since = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours)).isoformat()
        mark = {"user": "li", "host": "far-away", "pid": 4711, "since": since}
        put(folder, "book.xlsx.owner", json.dumps(mark).encode())
        begun = time.monotonic()
        with (
            pytest.raises(kind, match=f"crmsheet of li@far-away, process 4711, since .*, {words}") as error,
            locked(book, Patience(60 if kind is BookLockOld else 0)),
        ):
            pytest.fail("it is locked")
        assert type(error.value) is kind
        assert time.monotonic() - begun < 10, "nobody waits for what is most likely a leftover"
    assert f"delete {folder / 'book.xlsx.lock'}" in str(error.value)


def test_a_lock_by_existence_of_a_process_that_is_gone_is_taken_over(tmp_path, monkeypatch):
    from filelock import SoftFileLock

    monkeypatch.setattr(lock, "FileLock", SoftFileLock)
    book = put(tmp_path, "book.xlsx", b"x")
    by_existence = "import crmsheet.book.lock as lock, filelock\nlock.FileLock = filelock.SoftFileLock\nwith locked"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD.replace("with locked", by_existence), str(book)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BookLocked, match=f"process {holder.pid}"), locked(book):
            pytest.fail("it is locked")
        holder.kill()
        holder.wait()
    assert (tmp_path / ".crmsheet" / "book.xlsx.lock").exists()
    with locked(book):
        pass


def test_the_mark_of_a_process_that_is_gone_is_not_believed(tmp_path):
    book = put(tmp_path, "book.xlsx", b"x")
    with locked(book):
        gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
        mark = {
            "user": "li",
            "host": socket.gethostname(),
            "pid": int(gone.stdout),
            "since": "2026-01-01T00:00:00+00:00",
        }
        put(tmp_path / ".crmsheet", "book.xlsx.owner", json.dumps(mark).encode())
        with pytest.raises(BookLocked, match=r"open elsewhere \(crmsheet\)"), locked(book):
            pytest.fail("two writers")


def test_a_program_that_lets_nobody_else_write_is_seen_without_a_mark(tmp_path):
    book = put(tmp_path, "book.xlsx", b"x")
    code = """
import fcntl, os, sys
file = os.open(sys.argv[1], os.O_RDWR)
fcntl.lockf(file, fcntl.LOCK_EX)
print("kept", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(book)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "kept\n"
        with pytest.raises(BookLocked, match="another program"), locked(book):
            pytest.fail("it is open")
        program.kill()
        program.wait()
    with locked(book):
        pass


def test_a_file_that_windows_shares_with_nobody(tmp_path, monkeypatch):
    book = put(tmp_path, "book.xlsx", b"x")
    real = os.open

    class SharingViolation(PermissionError):
        winerror = 32

    def refuse(path: object, flags: int, *rest: int, **more: int) -> int:
        if str(path).endswith("book.xlsx") and flags & os.O_RDWR:
            raise SharingViolation(13, "in use")
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(BookLocked, match="another program"), locked(book):
        pytest.fail("it is open")


def test_a_file_that_may_not_be_written_is_not_open_elsewhere(tmp_path, monkeypatch):
    book = put(tmp_path, "book.xlsx", b"x")
    monkeypatch.setattr(fcntl, "lockf", lambda *_: (_ for _ in ()).throw(OSError(37, "No locks available")))
    assert open_elsewhere(book) is None
