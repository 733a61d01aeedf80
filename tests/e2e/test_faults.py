"""The book and its history after a kill or a failing disk at every step of a write, and after eight writers at once."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import crmsheet
from crmsheet.app.versions import history_of
from crmsheet.book.members import read_members
from crmsheet.book.replacing import digest
from tests.e2e import faulty

ROOT = Path(__file__).parents[2]


def counted(program: str, *words: str) -> int:
    """How many steps were killed or failed, by a program that does so and looks at what is left."""
    if sys.platform == "win32":
        pytest.skip("Windows has no fork and no SIGKILL")
    ran = subprocess.run(
        [sys.executable, "-m", f"tests.e2e.{program}", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    found = re.match(r"(\d+) steps", ran.stdout)
    assert found is not None, ran.stdout
    return int(found[1])


@pytest.mark.parametrize(
    ("kind", "fault", "least"),
    [
        ("new", "any", 7),
        ("xlsx", "kill", 30),
        ("xlsx", "fail", 30),
        ("xlsx-again", "kill", 18),
        ("csv", "kill", 40),
        ("csv", "fail", 40),
        ("csv-undo", "kill", 30),
        ("xlsx-older-undo", "kill", 18),
        ("xlsx-redo", "kill", 18),
        ("xlsx-restore", "fail", 18),
        ("csv-restore", "kill", 30),
        ("csv-part-restore", "kill", 18),
        ("xlsx-conflict-merge", "kill", 18),
        ("csv-merge", "fail", 18),
        ("xlsx-reconcile", "kill", 18),
    ],
)
def test_every_step_of_a_write_may_be_the_last(kind, fault, least):
    assert counted("faulty", kind, fault) >= least, "the steps of a write are not counted any more"


@pytest.mark.parametrize(
    ("kind", "fault", "least"),
    [
        ("xlsx-tag", "kill", 6),
        ("xlsx-tag", "fail", 6),
        ("xlsx-prune", "kill", 24),
        ("csv-prune", "fail", 24),
        ("xlsx-redact", "kill", 20),
        ("csv-redact", "fail", 20),
        pytest.param("git", "kill", 6, marks=pytest.mark.e2e("git")),
        pytest.param("git", "fail", 6, marks=pytest.mark.e2e("git")),
    ],
)
def test_every_step_of_work_on_the_history_may_be_the_last(kind, fault, least):
    assert counted("faulty_history", kind, fault) >= least, "the steps are not counted any more"


def started(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "crmsheet", *map(str, words), "--lang", "en"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def made(folder: Path, kind: str) -> Path:
    """A book of ten customers, or a table without any key."""
    customers = [(f"C{at:04}", f"上海{at}号贸易有限公司", "") for at in range(1, 11)]
    if kind == "keyless":
        return faulty.workbook_of(folder, {"客户": [("客户名称", "备注"), *(each[1:] for each in customers)]})
    log = [
        ("跟进编号", "客户编号", "跟进时间", "跟进方式", "跟进内容"),
        ("F0001", "C0001", "2025-11-03", "电话", "问好"),
    ]
    tables = {"客户": [("客户编号", "客户名称", "备注"), *customers], "跟进记录": log}
    return (faulty.workbook_of if kind == "xlsx" else faulty.csv_folder_of)(folder, tables)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "keyless"])
def test_eight_processes_at_once_lose_no_update(tmp_path, kind):
    book = made(tmp_path, kind)
    names = [f"上海{at}号贸易有限公司" for at in range(1, 9)]
    if kind == "keyless":
        commands = [("set", name, f"备注=noted {at}") for at, name in enumerate(names)]
    else:
        commands = [
            *(("set", name, f"备注=noted {at}") for at, name in enumerate(names[:3])),
            *(("note", name, f"called {at}") for at, name in enumerate(names[3:5])),
            *(("add", f"杭州{at}号机械有限公司") for at in range(3)),
        ]
    running = [started(*each, book) for each in commands]
    reading = [started("show", names[0], book) for _ in range(2)]
    for each, command in zip(running, commands, strict=True):
        _, said = each.communicate()
        assert each.returncode == 0, (command, said)
    for each in reading:
        _, said = each.communicate()
        assert each.returncode == 0, said

    read = crmsheet.open(book)
    frame = read.frame()
    assert sorted(frame["notes"].dropna()) == sorted(f"noted {at}" for at in range(8 if kind == "keyless" else 3))
    if kind != "keyless":
        assert {f"杭州{at}号机械有限公司" for at in range(3)} <= set(frame["name"])
        assert sorted(frame["customer_id"]) == [f"C{at:04}" for at in range(1, 14)], "no key twice, and none left out"
        log = read.frame("interactions")
        assert sorted(log["summary"]) == ["called 0", "called 1", "问好"]
        assert sorted(log["interaction_id"]) == ["F0001", "F0002", "F0003"]
    chain = history_of(book).versions()
    assert len(chain) == 9
    assert all(after.parent == before.id for before, after in pairwise(chain))
    assert history_of(book).damage() == ()
    assert history_of(book).pending() == ()
    assert chain[-1].sha256 == digest(read_members(book))
    for each in chain:
        assert history_of(book).restore(each.id).exact
    left = [each.name for each in tmp_path.rglob("*") if each.name.endswith(faulty.LEFT)]
    assert left == []
