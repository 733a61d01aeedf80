"""Real git at work on workbooks and CSV books: it shows customers and fields, and merges by them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from crmsheet.app.git_text import lines
from crmsheet.sample import EXAMPLE_DAY, make_book
from tests.e2e.repository import Repo, begun

pytestmark = pytest.mark.e2e("git")

BOOK, CSV = "客户 簿/客户.xlsx", "csv/客户.csv"
HUNK = re.compile(r"^([-+][^-+].*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """A repository with one commit, to be copied: a workbook in a folder with a space, and a book of CSV files."""
    folder = tmp_path_factory.mktemp("first")
    repo = begun(folder / "仓库 one", folder / "home")
    (repo.top / "客户 簿").mkdir()
    make_book(repo.top / BOOK, customers=12, today=EXAMPLE_DAY, seed=3, mess=0.0)
    make_book(repo.top / "csv", customers=12, today=EXAMPLE_DAY, seed=3, mess=0.0)
    repo.crmsheet("git", "install")
    repo.commit("books")
    return repo


@pytest.fixture
def repo(first: Repo, tmp_path: Path) -> Repo:
    """A copy of it."""
    shutil.copytree(first.top, tmp_path / "仓库 one")
    return Repo(tmp_path / "仓库 one", first.home)


def changed(said: str) -> list[str]:
    """The lines of a diff that differ."""
    return HUNK.findall(said)


def set_field(repo: Repo, key: str, *pairs: str, book: str = BOOK) -> None:
    repo.crmsheet("set", key, *pairs, book)


def branched(repo: Repo, name: str, *steps: tuple[str, str], book: str = BOOK) -> None:
    """A branch from the first commit, with a commit for each field that is set."""
    repo.git("checkout", "-q", "-b", name, "main")
    for key, pair in steps:
        set_field(repo, key, pair, book=book)
        repo.commit(f"{key} {pair}")


def cells(repo: Repo, book: str = BOOK) -> dict[str, str]:
    """`table/record/field` -> value of a book in the work tree."""
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(repo.top)
        told = [str(each).partition(": ") for each in lines(Path(book))]
    return {place: value for place, _, value in told}


def test_a_diff_names_customers_and_fields(repo):
    set_field(repo, "C00002", "手机=13800138000")
    said = repo.git("diff")
    assert changed(said)[1:] == ["+客户/C00002/手机: 13800138000"]
    assert re.search(r"^@@ .* 客户/C00002/客户名称: ", said, re.MULTILINE), "the customer is named above the lines"
    assert "Binary" not in said


def test_the_log_shows_each_commit_and_finds_a_value(repo):
    set_field(repo, "C00002", "手机=13800138000")
    repo.commit("phone")
    set_field(repo, "C00003", "城市=杭州", book="csv")
    repo.commit("city")
    said = repo.git("log", "-p", "--format=commit %s", "-2")
    assert [each for each in said.split("\n") if each.startswith(("commit", "+客户/C0"))] == [
        "commit city",
        "+客户/C00003/城市: 杭州",
        "commit phone",
        "+客户/C00002/手机: 13800138000",
    ]
    assert repo.git("log", "--format=%s", "-G", "手机: 13800138000").strip() == "phone"


def test_sorted_rows_are_no_difference(repo):
    head, *rows = (repo.top / CSV).read_bytes().splitlines(keepends=True)
    (repo.top / CSV).write_bytes(head + b"".join(reversed(rows)))
    assert "csv/客户.csv" in repo.git("status", "--short")
    assert changed(repo.git("diff")) == []


@pytest.mark.parametrize("book", [BOOK, "csv"])
def test_disjoint_edits_merge(repo, book):
    file = BOOK if book == BOOK else CSV
    branched(repo, "phone", ("C00002", "手机=13800138000"), ("C00004", "城市=宁波"), book=book)
    branched(repo, "city", ("C00002", "城市=杭州"), book=book)
    repo.git("merge", "-q", "--no-edit", "phone")
    merged = cells(repo, file)
    assert merged["客户/C00002/手机"] == "13800138000"
    assert merged["客户/C00002/城市"] == "杭州"
    assert merged["客户/C00004/城市"] == "宁波"
    repo.git("checkout", "-q", "phone")
    repo.git("merge", "-q", "--no-edit", "city~0")
    assert cells(repo, file) == merged


def test_customers_added_on_both_sides_get_two_numbers(repo):
    repo.git("checkout", "-q", "-b", "theirs", "main")
    repo.crmsheet("add", "杭州蓝鹭烘焙有限公司", "城市=杭州", BOOK)
    repo.commit("heron")
    repo.git("checkout", "-q", "main")
    repo.crmsheet("add", "宁波银杏书店有限公司", "城市=宁波", BOOK)
    repo.commit("ginkgo")
    repo.git("merge", "-q", "--no-edit", "theirs")
    names = {place.split("/")[1]: name for place, name in cells(repo).items() if place.endswith("/客户名称")}
    added = {key: name for key, name in names.items() if "烘焙" in name or "书店" in name}
    assert sorted(added.values()) == ["宁波银杏书店有限公司", "杭州蓝鹭烘焙有限公司"]
    assert len(added) == 2


def test_a_rebase_of_three_commits(repo):
    branched(repo, "work", ("C00002", "手机=13800138000"), ("C00003", "城市=宁波"), ("C00002", "城市=温州"))
    repo.git("checkout", "-q", "main")
    set_field(repo, "C00005", "城市=杭州")
    repo.commit("upstream")
    repo.git("checkout", "-q", "work")
    repo.git("rebase", "-q", "main")
    assert repo.git("log", "--format=%s", "main..work").split("\n")[:3] == [
        "C00002 城市=温州",
        "C00003 城市=宁波",
        "C00002 手机=13800138000",
    ]
    merged = cells(repo)
    assert [merged[f"客户/{each}"] for each in ("C00002/手机", "C00003/城市", "C00002/城市", "C00005/城市")] == [
        "13800138000",
        "宁波",
        "温州",
        "杭州",
    ]


def test_a_cherry_pick_takes_one_commit(repo):
    branched(repo, "work", ("C00002", "手机=13800138000"), ("C00003", "城市=宁波"))
    branched(repo, "other", ("C00005", "城市=杭州"))
    before = cells(repo)
    repo.git("cherry-pick", "work")
    assert cells(repo) == {**before, "客户/C00003/城市": "宁波"}


def test_a_stash_comes_back_onto_what_others_wrote(repo):
    branched(repo, "other", ("C00005", "城市=杭州"))
    repo.git("checkout", "-q", "main")
    set_field(repo, "C00002", "手机=13800138000")
    repo.git("stash")
    repo.git("merge", "-q", "other")
    repo.git("stash", "pop")
    assert cells(repo)["客户/C00002/手机"] == "13800138000"
    assert cells(repo)["客户/C00005/城市"] == "杭州"


def test_a_book_that_one_side_renamed(repo):
    branched(repo, "renamed")
    repo.git("mv", "客户 簿", "books")
    repo.commit("renamed")
    branched(repo, "edited", ("C00002", "手机=13800138000"))
    repo.git("merge", "-q", "--no-edit", "renamed")
    assert cells(repo, "books/客户.xlsx")["客户/C00002/手机"] == "13800138000"
    assert not (repo.top / BOOK).exists()


def test_a_text_is_made_once(repo):
    set_field(repo, "C00002", "手机=13800138000")
    repo.commit("phone")
    repo.git("show", "HEAD")
    told = repo.run("env", "GIT_TRACE=1", "git", "show", "HEAD").err
    assert "textconv" not in told.replace("refs/notes/textconv", "")


def test_a_damaged_book_hides_nothing_else(repo):
    book = repo.top / BOOK
    whole = book.read_bytes()
    book.write_bytes(whole[: len(whole) // 2])
    repo.commit("damaged")
    book.write_bytes(whole)
    set_field(repo, "C00002", "手机=13800138000")
    repo.commit("whole again")
    said = repo.git("log", "-p", "--format=%s", "-2")
    assert "+no text of it: 客户.xlsx cannot be read as a workbook" in said
    assert "+客户/C00002/手机: 13800138000" in said


def test_a_side_that_cannot_be_read_is_a_conflict_and_ours_stays(repo):
    branched(repo, "torn")
    book = repo.top / BOOK
    book.write_bytes(book.read_bytes()[:5000])
    repo.commit("torn")
    branched(repo, "ours", ("C00002", "手机=13800138000"))
    before = book.read_bytes()
    said = repo.git("merge", "--no-edit", "torn", code=1)
    assert f"{BOOK} was not merged: ours stays as it is" in said
    assert f"git checkout --ours -- '{BOOK}'" in said
    assert book.read_bytes() == before
    assert f"UU {BOOK}" in repo.git("status", "--short").replace('"', "")


def test_pointers_of_large_files_are_no_books(repo):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n"
    (repo.top / CSV).write_text(pointer.format("a" * 64), "utf-8")
    repo.commit("pointer")
    for name in "bc":
        repo.git("checkout", "-q", "-B", name, "main")
        (repo.top / CSV).write_text(pointer.format(name * 64), "utf-8")
        repo.commit(name)
    before = (repo.top / CSV).read_bytes()
    assert "Git LFS" in repo.git("merge", "b", code=1)
    assert (repo.top / CSV).read_bytes() == before


def test_after_uninstall_git_knows_no_workbooks(repo):
    repo.crmsheet("git", "uninstall")
    set_field(repo, "C00002", "手机=13800138000")
    assert "Binary files" in repo.git("diff")


def test_new_customers_in_csv_files_are_not_renumbered_behind_the_back_of_the_other_files(repo):
    repo.git("checkout", "-q", "-b", "theirs", "main")
    repo.crmsheet("add", "杭州蓝鹭烘焙有限公司", "城市=杭州", "csv")
    repo.commit("heron")
    repo.git("checkout", "-q", "main")
    repo.crmsheet("add", "宁波银杏书店有限公司", "城市=宁波", "csv")
    repo.commit("ginkgo")
    before = (repo.top / CSV).read_bytes()
    said = repo.git("merge", "--no-edit", "theirs", code=1)
    assert "both sides added records under the same keys" in said
    assert "crmsheet reconcile csv MERGE_HEAD --write" in said
    assert (repo.top / CSV).read_bytes() == before


def test_a_conflict_waits_for_a_decision(repo):
    branched(repo, "theirs", ("C00002", "手机=13800138000"), ("C00003", "城市=宁波"))
    branched(repo, "ours", ("C00002", "手机=13900139000"))
    said = repo.git("merge", "--no-edit", "theirs", code=1)
    assert f"Conflicts in {BOOK}: 1; ours stands until you decide. Choose in the sheet 冲突" in said
    assert f"UU {BOOK}" in repo.git("status", "--short").replace('"', "")
    merged = cells(repo)
    assert merged["客户/C00002/手机"] == "13900139000", "ours stands"
    assert merged["客户/C00003/城市"] == "宁波", "the rest is merged"
    repo.crmsheet("cell", BOOK, "冲突!H3", "对方")
    repo.crmsheet("reconcile", BOOK, "--write")
    assert cells(repo)["客户/C00002/手机"] == "13800138000"
    repo.git("add", BOOK)
    repo.git("commit", "-q", "--no-edit")
    assert len(repo.git("log", "--format=%p", "-1").split()) == 2


def test_a_conflict_in_the_middle_of_a_rebase(repo):
    branched(repo, "work", ("C00002", "手机=13800138000"), ("C00003", "城市=宁波"), ("C00004", "城市=温州"))
    repo.git("checkout", "-q", "main")
    set_field(repo, "C00003", "城市=杭州")
    repo.commit("upstream")
    repo.git("checkout", "-q", "work")
    assert f"Conflicts in {BOOK}: 1" in repo.git("rebase", "main", code=1)
    repo.crmsheet("cell", BOOK, "冲突!H3", "我方")
    repo.crmsheet("reconcile", BOOK, "--write")
    repo.git("add", BOOK)
    repo.git("rebase", "--continue")
    merged = cells(repo)
    assert [merged[f"客户/{each}"] for each in ("C00002/手机", "C00003/城市", "C00004/城市")] == [
        "13800138000",
        "杭州",
        "温州",
    ]


def test_a_side_can_be_taken_whole(repo):
    branched(repo, "theirs", ("C00002", "手机=13800138000"))
    branched(repo, "ours", ("C00002", "手机=13900139000"))
    repo.git("merge", "--no-edit", "theirs", code=1)
    repo.git("checkout", "-q", "--theirs", "--", BOOK)
    assert repo.git("diff", "theirs", "--", BOOK) == ""


def test_a_csv_book_is_merged_whole_where_git_cannot(repo):
    branched(repo, "theirs", ("C00002", "手机=13800138000"), ("C00003", "城市=宁波"), book="csv")
    branched(repo, "ours", ("C00002", "手机=13900139000"), book="csv")
    said = repo.git("merge", "--no-edit", "theirs", code=1)
    assert "a CSV file has no sheet to choose in" in said
    repo.git("checkout", "HEAD", "--", "csv")
    assert "of git, from which HEAD and MERGE_HEAD go on" in repo.crmsheet("reconcile", "csv", "MERGE_HEAD", code=5)
    repo.crmsheet("reconcile", "csv", "MERGE_HEAD", "--write", code=5)
    merged = cells(repo, CSV)
    assert merged["客户/C00002/手机"] == "13900139000"
    assert merged["客户/C00003/城市"] == "宁波"
