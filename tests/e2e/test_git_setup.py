"""Setting up real repositories, of every kind, and taking that back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crmsheet.app.pair_decisions import decide, decisions_of, held
from crmsheet.match.decisions import Decision
from tests.conftest import ROOT
from tests.e2e.repository import Repo, begun, surroundings

pytestmark = pytest.mark.e2e("git")

EXAMPLES = ROOT / "examples"
WORKBOOK = "客户 簿/客户关系管理书.xlsx"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A workbook in a folder with a space, a book of CSV files, and files that are none of ours."""
    made = begun(tmp_path / "the team's 仓库", tmp_path / "home")
    (made.top / "客户 簿").mkdir()
    shutil.copyfile(EXAMPLES / "客户关系管理书.xlsx", made.top / WORKBOOK)
    shutil.copytree(EXAMPLES / "csv-book", made.top / "csv [1]")
    (made.top / "csv [1]" / "温度.csv").write_bytes("时刻,温度\r\n1,20\r\n2,21\r\n".encode())
    (made.top / "measured.csv").write_bytes(b"second,volt\n1,2\n")
    (made.top / ".gitattributes").write_bytes(b"*.png binary\r\n*.xlsx -text")
    return made


def files(repo: Repo) -> dict[str, bytes]:
    """What install may touch."""
    return {
        each: (repo.top / each).read_bytes()
        for each in (".gitattributes", ".git/config")
        if (repo.top / each).is_file()
    }


def test_install_and_uninstall_leave_every_byte(repo):
    before = files(repo)
    repo.crmsheet("git", "install")
    assert (repo.top / ".gitattributes").read_bytes().startswith(before[".gitattributes"] + b"\r\n# >>> crmsheet")
    assert repo.git("config", "merge.crmsheet.recursive") == "binary\n"
    repo.crmsheet("git", "uninstall")
    assert files(repo) == before
    assert not (repo.top / ".gitignore").exists()
    assert "nothing was changed" in repo.crmsheet("git", "uninstall")


def test_a_second_install_changes_nothing(repo):
    repo.crmsheet("git", "install")
    once = files(repo)
    (repo.top / "sub").mkdir()
    repo.crmsheet("git", "install", where="sub")
    assert files(repo) == once


def test_only_csv_files_of_a_book_are_named(repo):
    repo.crmsheet("git", "install")
    lines = (repo.top / ".gitattributes").read_text("utf-8")
    assert '"/csv \\\\[1]/客户.csv" diff=crmsheet' in lines
    assert "温度" not in lines
    assert "measured" not in lines
    said = repo.git("check-attr", "-z", "diff", "merge", "text", "--", "csv [1]/客户.csv", WORKBOOK, "measured.csv")
    values = said.split("\0")[2::3]
    assert values == ["crmsheet", "crmsheet", "unset"] * 2 + ["unspecified"] * 3


def test_what_is_kept_out_of_the_repository(repo):
    repo.crmsheet("git", "install")
    for each in (
        ".crmsheet/x/1.pack",
        "客户 簿/~$客户.xlsx",
        "客户 簿/.~lock.客户.xlsx#",
        "客户 簿/.客户.xlsx.1-2.tmp",
    ):
        (repo.top / each).parent.mkdir(parents=True, exist_ok=True)
        (repo.top / each).write_bytes(b"x")
    assert not any(each in repo.git("status", "--short", "-uall") for each in ("pack", "~", "tmp"))


def test_a_history_that_was_committed_is_told(repo):
    (repo.top / "客户 簿/.crmsheet").mkdir()
    (repo.top / "客户 簿/.crmsheet/1.pack").write_bytes(b"x")
    repo.commit("too much")
    assert "git rm -r --cached '客户 簿/.crmsheet'" in repo.crmsheet("git", "install")


def test_status_tells_each_book(repo):
    assert "crmsheet git install" in repo.crmsheet("git", "status")
    repo.crmsheet("git", "install")
    (repo.top / "客户 簿/.gitattributes").write_text("*.xlsx merge=binary\n", "utf-8")
    shutil.copytree(EXAMPLES / "csv-book", repo.top / "later")
    books = json.loads(repo.crmsheet("git", "status", "-f", "json"))["sections"][0]["rows"]
    told = dict(books)
    assert "overrule" in told[WORKBOOK]
    assert "by customer" in told["csv [1]/客户.csv"]
    assert "install` again" in told["later/客户.csv"]
    repo.git("config", "diff.crmsheet.textconv", "/gone/python -m crmsheet git textconv")
    assert "The command in the settings of git is not that" in repo.crmsheet("git", "status")


def test_large_files_are_told(repo):
    (repo.top / ".gitattributes").write_text("*.xlsx filter=lfs diff=lfs merge=lfs -text\n", "utf-8")
    assert "Git LFS" in repo.crmsheet("git", "install")


def test_a_bare_repository(repo):
    repo.commit("all")
    bare = repo.top.parent / "bare.git"
    repo.git("clone", "-q", "--bare", repo.top, bare)
    there = Repo(bare, repo.home)
    assert "bare repository" in there.crmsheet("git", "install")
    assert "客户/C00001/客户编号: C00001" in there.git("show", "HEAD", "--", WORKBOOK)
    there.crmsheet("git", "uninstall")
    assert not (bare / "info/attributes").exists()


def test_a_worktree_and_a_hook(repo):
    repo.crmsheet("git", "install")
    repo.commit("all")
    repo.git("worktree", "add", "-q", repo.top.parent / "second", "-b", "second")
    there = Repo(repo.top.parent / "second", repo.home)
    assert "by customer" in there.crmsheet("git", "status")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "crmsheet", "git", "status"],
        cwd=repo.top,
        env={**surroundings(repo.home), "GIT_DIR": ".git"},
        capture_output=True,
        check=True,
    )
    assert WORKBOOK.encode() in done.stdout


def test_without_a_repository_or_git(tmp_path):
    alone = Repo(tmp_path, tmp_path)
    assert "no git repository" in alone.crmsheet("git", "install", code=2)
    assert "no git repository" in alone.crmsheet("git", "install", "nowhere", code=2)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "crmsheet", "git", "install"],
        cwd=tmp_path,
        env={**surroundings(tmp_path), "PATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"There is no git on this computer" in done.stderr


def test_a_repository_cannot_run_its_own_code(repo):
    repo.crmsheet("git", "install")
    (repo.top / "pandas.py").write_text("raise SystemExit('run by git diff')\n", "utf-8")
    (repo.top / "crmsheet").mkdir()
    (repo.top / "crmsheet" / "__init__.py").write_text("raise SystemExit('run by git diff')\n", "utf-8")
    repo.commit("all")
    assert "客户/C00001/客户名称" in repo.git("show", "HEAD", "--", WORKBOOK)


def test_line_ends_are_kept_where_git_changes_those_of_others(repo):
    repo.git("config", "core.autocrlf", "true")
    repo.crmsheet("git", "install")
    csv = repo.top / "csv [1]" / "客户.csv"
    csv.write_bytes(csv.read_bytes().replace(b"\r\n", b"\n"))
    before = csv.read_bytes()
    repo.commit("all")
    csv.unlink()
    repo.git("checkout", "--", "csv [1]/客户.csv")
    assert csv.read_bytes() == before


def test_what_cannot_be_written_leaves_git_as_it_was(repo):
    (repo.top / ".gitattributes").unlink()
    (repo.top / ".gitattributes").mkdir()
    before = files(repo)
    assert "cannot be written" in repo.crmsheet("git", "install", code=9)
    assert files(repo) == before


def test_somebody_without_a_name_sees_books_too(repo):
    repo.commit("all")
    repo.git("config", "--unset", "user.name")
    repo.git("config", "--unset", "user.email")
    repo.git("config", "user.useConfigOnly", "true")
    repo.crmsheet("git", "install")
    assert "客户/C00001/客户名称" in repo.git("show", "HEAD", "--", WORKBOOK)


def test_two_people_decide_about_duplicates(repo):
    """Both append lines to one file: git keeps those of both, and nobody has to settle anything."""
    book = repo.top / WORKBOOK
    repo.crmsheet("git", "install")
    decide(book, [Decision("C00001", "C00002", "different", "li")])
    repo.git("add", "-A")
    repo.git("commit", "-m", "first")
    for branch, key in (("theirs", "C00003"), ("ours", "C00004")):
        repo.git("checkout", "-b", branch, "HEAD" if branch == "theirs" else "HEAD~1")
        decide(book, [Decision("C00001", key, "different", branch)])
        repo.git("commit", "-am", branch)
    repo.git("merge", "theirs")
    assert held(book).unread == ()
    assert {each.right for each in decisions_of(book)} == {"C00002", "C00003", "C00004"}
