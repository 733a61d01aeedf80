"""A book as it was at a revision of real git."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from crmsheet.app.git_revisions import files_at
from crmsheet.core.errors import GitMissing, NoRepository, RevisionUnknown, RevisionWithout
from tests.conftest import ROOT
from tests.e2e.repository import Repo, begun

pytestmark = pytest.mark.e2e("git")

BOOK = "客户 簿/客户.xlsx"
FIRST, SECOND = b"PK first" * 50, b"PK second" * 50


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """Two commits of a book, and a folder of CSV files."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    made = begun(tmp_path / "book repo", tmp_path / "home")
    (made.top / "客户 簿").mkdir()
    (made.top / BOOK).write_bytes(FIRST)
    (made.top / "csv").mkdir()
    (made.top / "csv" / "客户.csv").write_bytes(b"a\r\n1\r\n")
    (made.top / "csv" / "~$x.csv").write_bytes(b"a mark")
    (made.top / "csv" / "notes.txt").write_bytes(b"no table")
    made.commit("one")
    made.git("tag", "v1.0")
    (made.top / BOOK).write_bytes(SECOND)
    (made.top / "csv" / "跟进.csv").write_bytes(b"b\n")
    made.commit("two")
    return made


@pytest.mark.parametrize("revision", ["HEAD~1", "v1.0", "main^", f"HEAD~1:{BOOK}", "HEAD~1:./客户.xlsx"])
def test_the_book_of_a_revision(repo, revision):
    assert files_at(repo.top / BOOK, revision) == {"": FIRST}


def test_an_abbreviated_commit(repo):
    assert files_at(repo.top / BOOK, repo.git("rev-parse", "--short", "HEAD").strip()) == {"": SECOND}


def test_from_another_folder_and_without_the_file(repo, monkeypatch):
    (repo.top / BOOK).unlink()
    monkeypatch.chdir(repo.top / "csv")
    assert files_at(Path("../客户 簿/客户.xlsx"), "HEAD") == {"": SECOND}
    (repo.top / "客户 簿").rmdir()
    assert files_at(repo.top / BOOK, "HEAD") == {"": SECOND}


def test_a_folder_of_csv_files(repo):
    assert files_at(repo.top / "csv", "HEAD~1") == {"客户.csv": b"a\r\n1\r\n"}
    assert set(files_at(repo.top / "csv", "HEAD")) == {"客户.csv", "跟进.csv"}


def test_a_book_that_was_renamed_is_found_under_its_old_name(repo):
    repo.git("mv", BOOK, "新.xlsx")
    repo.commit("renamed")
    assert files_at(repo.top / "新.xlsx", "v1.0") == {"": FIRST}
    repo.git("mv", "新.xlsx", "csv/再.xlsx")
    repo.commit("again")
    assert files_at(repo.top / "csv/再.xlsx", "v1.0") == {"": FIRST}


def test_a_book_that_another_branch_renamed(repo):
    repo.git("checkout", "-q", "-b", "other")
    repo.git("mv", BOOK, "elsewhere.xlsx")
    repo.commit("renamed")
    repo.git("checkout", "-q", "main")
    assert files_at(repo.top / BOOK, "other") == {"": SECOND}


def test_a_folder_that_was_renamed(repo):
    repo.git("mv", "csv", "表格")
    repo.commit("renamed")
    assert files_at(repo.top / "表格", "v1.0") == {"客户.csv": b"a\r\n1\r\n"}


def test_line_ends_are_those_of_a_checkout(repo):
    repo.git("config", "core.autocrlf", "true")
    (repo.top / "plain.csv").write_bytes(b"a\r\nb\r\n")
    repo.commit("text")
    assert b"\r" not in repo.git("cat-file", "blob", "HEAD:plain.csv").encode()
    assert files_at(repo.top / "plain.csv", "HEAD") == {"": b"a\r\nb\r\n"}


def test_a_worktree_and_a_hook(repo, monkeypatch):
    repo.git("worktree", "add", "-q", repo.top.parent / "second", "v1.0")
    assert files_at(repo.top.parent / "second" / BOOK, "main") == {"": SECOND}
    monkeypatch.chdir(repo.top)
    monkeypatch.setenv("GIT_DIR", ".git")  # what a hook is given
    assert files_at(repo.top / BOOK, "HEAD~1") == {"": FIRST}


def test_what_is_not_there(repo, tmp_path, monkeypatch):
    with pytest.raises(RevisionUnknown) as unknown:
        files_at(repo.top / BOOK, "nowhere")
    assert "nowhere" in str(unknown.value)
    with pytest.raises(RevisionUnknown):
        files_at(repo.top / BOOK, "--help")
    with pytest.raises(RevisionWithout) as without:
        files_at(repo.top / "none.xlsx", "HEAD")
    assert BOOK in str(without.value)
    with pytest.raises(RevisionWithout):
        files_at(repo.top / BOOK, "HEAD:nothing.xlsx")
    with pytest.raises(NoRepository):
        files_at(tmp_path / "none.xlsx", "HEAD")
    assert NoRepository.exit_code == RevisionUnknown.exit_code == RevisionWithout.exit_code == 2
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitMissing):
        files_at(repo.top / BOOK, "HEAD")


def test_the_bytes_of_a_real_book(repo):
    shutil.copyfile(ROOT / "examples" / "客户关系管理书.xlsx", repo.top / "book.xlsx")
    repo.commit("book")
    assert files_at(repo.top / "book.xlsx", "HEAD")[""] == (repo.top / "book.xlsx").read_bytes()
