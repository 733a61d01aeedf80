"""Temporary files tell whose they are, and go once nobody needs them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from crmsheet.core.errors import WriteFailed
from crmsheet.disk import durable, steps
from crmsheet.disk.durable import discard, is_running, make_folder, sweep, write_new, written_beside


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    ran = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    return int(ran.stdout)


def of_process(temporary: Path, process: int) -> Path:
    return temporary.rename(temporary.with_name(temporary.name.replace(f"-{os.getpid()}-", f"-{process}-")))


@pytest.fixture
def elsewhere(monkeypatch):
    """Makes a temporary file as another machine does."""

    def write(target: Path) -> Path:
        with monkeypatch.context() as there:
            there.setattr(socket, "gethostname", lambda: "far-away")
            return written_beside(target, b"x")

    return write


def test_a_temporary_file_is_hidden_beside_its_target_and_has_a_name_that_fits(tmp_path):
    for name in ("客户.xlsx", "客" * 80 + ".xlsx", "😀" * 60 + ".xlsx", ".."):
        temporary = written_beside(tmp_path / name, b"x")
        assert temporary.parent == (tmp_path / name).parent
        assert temporary.name.startswith(".")
        assert len(temporary.name.encode()) <= 255
        discard(temporary)
    assert list(tmp_path.iterdir()) == []


def test_alone_everything_goes_but_what_a_living_process_writes(tmp_path, gone, elsewhere):
    target = tmp_path / "客户.xlsx"
    mine, dead, far = written_beside(target, b"x"), of_process(written_beside(target, b"x"), gone), elsewhere(target)
    living = of_process(written_beside(target, b"x"), os.getppid())
    other = of_process(written_beside(tmp_path / "客户2.xlsx", b"x"), gone)
    strangers = [tmp_path / name for name in (".客户.xlsx.tmp", "客户.xlsx.tmp", ".客户.xlsx.12345678-123456-1-x.tmp")]
    for each in strangers:
        each.write_bytes(b"somebody's")
    sweep(tmp_path, target.name, alone=True)
    assert [each.exists() for each in (mine, dead, far, living, other)] == [False, False, False, True, True]
    assert all(each.exists() for each in strangers)
    sweep(tmp_path, alone=True)
    assert [each.exists() for each in (living, other)] == [True, False]


def test_without_the_lock_only_what_a_dead_process_left_goes(tmp_path, gone, elsewhere):
    target = tmp_path / "客户.xlsx"
    mine, dead, far = written_beside(target, b"x"), of_process(written_beside(target, b"x"), gone), elsewhere(target)
    sweep(tmp_path, target.name, alone=False)
    assert [each.exists() for each in (mine, dead, far)] == [True, False, True]


def test_who_lives(gone, monkeypatch):
    assert is_running(os.getpid())
    assert is_running(1)
    assert not is_running(gone)
    monkeypatch.setattr(os, "name", "nt")
    assert is_running(gone), "where nobody can tell, it lives"


def test_a_system_that_takes_nothing_at_all_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "write", lambda *_: 0)
    with pytest.raises(WriteFailed, match="disk is full"):
        write_new(tmp_path / "a", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_flushed_is_written_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "sync_folder", lambda _: (_ for _ in ()).throw(OSError(22, "no such thing here")))
    make_folder(tmp_path / "a" / "b")
    write_new(tmp_path / "a" / "b" / "c", b"x")
    assert (tmp_path / "a" / "b" / "c").read_bytes() == b"x"


def test_nothing_of_a_book_or_its_history_is_written_but_by_the_steps():
    """Else the test that fails every step would miss one."""
    package = Path(durable.__file__).parents[1]
    writing = re.compile(r"os\.(replace|rename|link|unlink|write|fsync)\(|\.(write_bytes|write_text|unlink|mkdir)\(")
    files = [*package.glob("book/**/*.py"), *package.glob("history/*.py"), package / "app/keeping.py"]
    assert len(files) > 20
    found = [f"{each.name}: {line.strip()}" for each in files for line in each.read_text("utf-8").splitlines()
             if writing.search(line)]  # fmt: skip
    assert found == []
