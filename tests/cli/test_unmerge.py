"""`crmsheet unmerge` as people type it, in both languages, with the mistakes that they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import crmsheet
from tests.merged_books import files, merge, write

ZH = {
    "客户": [
        ["客户编号", "客户名称", "手机", "备注"],
        ["K1", "北京华信科技有限公司", "13911112222", "爱喝茶"],
        ["K2", "华信科技", "13822223333", None],
        ["K3", "天津远大食品有限公司", None, None],
    ],
    "联系人": [["联系人编号", "客户编号", "姓名"], ["P1", "K2", "李雷"], ["P2", "K1", "王芳"]],
}
EN = {
    "Customers": [
        ["Customer ID", "Customer name", "Mobile", "Notes"],
        ["K1", "Vantage Peak Energy Corp.", "13911112222", "likes tea"],
        ["K2", "Vantage Peak", "13822223333", None],
    ],
    "Contacts": [["Contact ID", "Customer ID", "Name"], ["P1", "K2", "Ann Lee"]],
}


@pytest.fixture(params=["zh", "en"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "customers.xlsx"
    write(path, "xlsx", ZH if request.param == "zh" else EN)
    merge(path, ("K1", "K2"))
    return path


def test_it_says_what_would_happen_and_does_it(tmp_path):
    path = tmp_path / "客户.xlsx"
    write(path, "xlsx", ZH)
    before = files(path)
    merge(path, ("K1", "K2"))
    merged = files(path)
    told = crmsheet("unmerge", "华信科技", path, "--lang", "zh")
    assert told.code == 0
    assert files(path) == merged
    assert told.out.startswith("撤销合并：客户.xlsx")
    assert "文件没有改动：加上 --write 后，K2 华信科技 重新成为独立的客户" in told.out
    assert "回到 K2 华信科技 名下的记录：联系人 1 条。" in told.out
    assert "138****3333" in told.out
    assert "13822223333" not in told.said
    done = crmsheet("unmerge", path, "K2", "--write", "--lang", "zh")
    assert done.code == 0
    assert "客户.xlsx.decisions.txt 现已记下：K2 和 K1 是不同的客户" in done.out
    assert files(path) == before
    assert "different\tK2\tK1" in (tmp_path / "客户.xlsx.decisions.txt").read_text("utf-8")
    again = crmsheet("unmerge", "K2", path, "--lang", "zh")
    assert again.code == 2
    assert "没有并入过别的客户" in again.err


def test_json_tells_programs(book):
    document = crmsheet("unmerge", "K2", book, "-f", "json", "--reveal").document
    assert document["command"] == "unmerge"
    assert document["counts"]["conflicts"] == 0
    changes = {(each["table"], each["key"], each["field"]): each["after"] for each in document["changes"]}
    assert changes["contacts", "P1", "customer_id"] == "K2"
    assert changes["customers", "K1", "mobile"] == "13911112222"
    assert [each["kind"] for each in document["changes"]].count("revive") == 1


def test_conflicts_exit_5_and_stand_in_the_list(book):
    assert crmsheet("set", "K1", "mobile=13511119999", book).code == 0
    told = crmsheet("unmerge", "K2", book, "--lang", "en")
    assert told.code == 5
    assert "1 change cannot be taken back for certain and stays; it is listed below." in " ".join(told.out.split())
    assert crmsheet("unmerge", "K2", book, "--lang", "en", "--write").code == 5
    assert crmsheet("show", "K2", book, "--reveal").out.count("13822223333") >= 1


def test_the_next_dedupe_does_not_merge_them_again(book):
    assert crmsheet("unmerge", "K2", book, "--write").code == 0
    before = files(book)
    crmsheet("dedupe", book, "--write")
    assert files(book) == before


def test_undo_takes_an_unmerge_back(book):
    before = files(book)
    assert crmsheet("unmerge", "K2", book, "--write").code == 0
    assert crmsheet("undo", book, "--write").code == 0
    assert files(book) == before
    assert crmsheet("unmerge", "K2", book).code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "CUSTOMER"),
        (("K1",), 2, "K2"),
        (("nobody at all",), 2, "nobody at all"),
        (("K2", "K1"), 2, "too much"),
        (("K2", "--wirte"), 2, "--write"),
    ],
)
def test_mistakes(book, words, code, said):
    before = files(book)
    ran = crmsheet("unmerge", *words, book, "--lang", "en")
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert files(book) == before


def test_a_book_without_merges_says_so(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text("Customer ID,Customer name\nK1,Vantage\nK2,Peak\n", "utf-8")
    ran = crmsheet("unmerge", "K1", path, "--lang", "en")
    assert ran.code == 2
    assert "was not merged into another customer" in ran.err
