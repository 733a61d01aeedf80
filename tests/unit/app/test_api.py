"""The Python API: what a frame holds, what an edited one becomes, and that nothing else is written."""

from __future__ import annotations

import datetime as dt
import functools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import crmsheet
from crmsheet import errors
from crmsheet.app import schemas, versions

TODAY = dt.date(2026, 11, 23)
HEADERS = (
    "客户编号",
    "客户名称",
    "客户类型",
    "手机",
    "标签",
    "授信额度（万元）",
    "创建时间",
    "拒绝联系",
    "价格表",
    "备注",
)
DAY = dt.datetime(2024, 5, 1)
ROWS: tuple[tuple[Any, ...], ...] = (
    ("C001", "上海华信科技有限公司", "企业", "138 0013 8000", "重点、老客户", 1.5, DAY, "是", "甲", None),
    ("C002", "北京远望贸易有限公司", "企业", "13900139000", "展会", 20, "2024/3/5", "否", "乙", "无"),
    ("C003", "王芳", "个人", "1380013", None, None, None, None, None, "=A2"),
)


def made(path: Path, headers: tuple[str, ...] = HEADERS, rows: tuple[tuple[Any, ...], ...] = ROWS) -> Path:
    """A workbook with one sheet of customers."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户"
    sheet.append(headers)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def opened(path: Path, **options: Any) -> crmsheet.CustomerBook:
    return crmsheet.open(path, today=TODAY, lang="en", actor="li", **options)


@pytest.fixture(scope="module", autouse=True)
def _schema_read_once() -> Iterator[None]:
    """The shipped schema is the same for all, and reading it is half the work on a book of three rows."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(schemas, "load", functools.cache(schemas.load))
        yield


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees who works on this machine."""
    for name in ("CRMSHEET_BOOK", "CRMSHEET_ACTOR", "CRMSHEET_LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "客户.xlsx")


@pytest.fixture
def book(path: Path) -> crmsheet.CustomerBook:
    return opened(path)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "客户.csv").write_text(
        "客户编号,客户名称,手机,创建时间\r\nC1,甲公司,138-0013-8000,2024-1-5\r\nC2,乙公司,,\r\n",
        encoding="gb18030",
        newline="",
    )
    (folder / "交易记录.csv").write_text(
        "客户编号,日期,金额\r\nC1,2026-01-05,100\r\nC2,2026-02-05,200.50\r\n", encoding="utf-8", newline=""
    )
    return folder


def told(result: crmsheet.Result) -> list[tuple[Any, ...]]:
    """Kind, row, field, before and after of every change."""
    return list(result.changes[["kind", "row", "field", "before", "after"]].itertuples(index=False, name=None))


def cell(path: Path, place: str) -> Any:
    return openpyxl.load_workbook(path)["客户"][place].value


# What is imported, and what a frame holds


def test_the_package_is_light_until_it_is_used():
    code = (
        "import sys, crmsheet; assert 'pandas' not in sys.modules and 'crmsheet.core.errors' not in sys.modules\n"
        "from crmsheet import errors; assert errors.BookError and 'pandas' not in sys.modules\n"
        "assert set(crmsheet.__all__) <= set(dir(crmsheet))\n"
        "from crmsheet import *; assert open.__name__ == 'open_book' and CustomerBook and Result and ChangeSet"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="opne"):
        crmsheet.opne  # noqa: B018


def test_values_have_the_documented_types(book):
    frame = book.frame()
    assert frame.index.name == "row"
    assert frame.index.tolist() == [2, 3, 4]
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert types == {
        "customer_id": "str", "name": "str", "kind": "str", "mobile": "str", "tags": "str",
        "credit_limit": "float64", "created_at": "datetime64[us]", "do_not_contact": "boolean", "notes": "str",
    }  # fmt: skip
    first = frame.loc[2]
    assert (first["mobile"], first["kind"], first["tags"]) == ("+8613800138000", "company", "重点|老客户")
    assert (first["credit_limit"], first["created_at"]) == (15000.0, pd.Timestamp(2024, 5, 1))
    assert pd.isna(frame.at[4, "mobile"]), "a number that cannot be read is NA"
    assert pd.isna(frame.at[3, "notes"]), "a word for nothing is NA"


def test_a_labelled_frame_is_for_people(book):
    frame = book.frame("客户", labels="en")
    assert frame.at[2, "Customer type"] == "Company"
    assert list(book.frame(labels="zh"))[:3] == ["客户编号", "客户名称", "客户类型"]


def test_raw_cells_are_as_found_with_all_columns(book):
    frame = book.frame(raw=True)
    assert frame.at[2, "mobile"] == "138 0013 8000"
    assert frame.at[3, "价格表"] == "乙"
    assert frame.at[2, "credit_limit"] == 1.5
    with pytest.raises(ValueError, match="labels"):
        book.frame(raw=True, labels="zh")


def test_a_frame_is_the_users_own(book):
    frame = book.frame()
    frame.loc[2, "name"] = "changed"
    assert book.frame().at[2, "name"] == ROWS[0][1]
    raw = book.frame(raw=True)
    raw.loc[2, "name"] = "changed"
    assert book.frame(raw=True).at[2, "name"] == ROWS[0][1]
    result = book.clean()
    changes = result.changes
    changes.loc[0, "after"] = "changed"
    assert "changed" not in result.changes["after"].tolist()


def test_the_book_tells_its_tables_and_fields(book):
    assert book.tables.loc["customers", ["sheet", "rows", "key"]].tolist() == ["客户", 3, "customer_id"]
    assert book.fields("customers").loc["credit_limit"].tolist() == [
        "Credit limit", "money", "F", "授信额度（万元）", "float64",
    ]  # fmt: skip
    with pytest.raises(errors.TableUnknown, match="Did you mean customers"):
        book.frame("custmers")
    with pytest.raises(errors.TableUnknown):
        book.frame("transactions")


def test_opening_says_what_is_wrong(tmp_path):
    with pytest.raises(errors.BookMissing):
        opened(tmp_path / "none.xlsx")
    with pytest.raises(ValueError, match="lang"):
        crmsheet.open(tmp_path / "none.xlsx", lang="fr")  # type: ignore[arg-type]


def test_a_moment_serves_as_today(path):
    assert type(crmsheet.open(path, today=pd.Timestamp(2026, 1, 2, 9)).today) is dt.date


# Looking


def test_looking_reads_the_file_once_and_writes_nothing(path, book):
    before = path.read_bytes()
    path.unlink()
    for result in (book.check(), book.clean(), book.dedupe(), book.tier(), book.followup(), book.nightly()):
        assert result.version == ""
        assert result.notes
        assert all(result.sections)
    assert list(path.parent.iterdir()) == []
    path.write_bytes(before)


def test_results_hold_frames(book):
    checked = book.check()
    assert len(checked.changes) == 0
    assert "The file was not changed." in str(checked)
    findings = checked.findings
    assert (findings["severity"] > "info").sum() == checked.counts["errors"] + checked.counts["warnings"]
    bad = findings[(findings["field"] == "mobile") & (findings["severity"] > "info")]
    assert bad[["cell", "row", "key", "value"]].to_numpy().tolist() == [["D4", 4, "C003", "1380013"]]
    cleaned = book.clean()
    assert ("set", 2, "mobile", "138 0013 8000", "13800138000") in told(cleaned)
    assert len(cleaned.proposal) == len(cleaned.changes) == cleaned.counts["changes"]


def test_what_is_printed_holds_no_personal_value(book):
    for result in (book.check(), book.clean(), book.nightly()):
        said = f"{result} {result!r} {book!r}"
        assert not any(digits in said for digits in ("8000", "9000", "1380013"))


def test_sections_hold_every_row(tmp_path):
    rows = tuple((f"C{at:03}", f"第{at}贸易有限公司", "2025-01-01") for at in range(60))
    book = opened(made(tmp_path / "b.xlsx", ("客户编号", "客户名称", "最后跟进时间"), rows))
    assert len(book.followup().sections["followups_first"]) == 60
    assert len(book.nightly().sections["followups_first"]) == 60


# Frames in


EDITS: tuple[tuple[str, Any, Any, Any], ...] = (
    ("mobile", "+8613700137000", "138 0013 8000", "13700137000"),
    ("kind", "individual", "企业", "个人"),
    ("tags", "展会|重点", "重点、老客户", "展会、重点"),
    ("credit_limit", 12345.0, 1.5, 1.2345),
    ("created_at", pd.Timestamp(2025, 2, 3), dt.date(2024, 5, 1), dt.date(2025, 2, 3)),
    ("created_at", pd.Timestamp(2025, 2, 3, 9, 30), dt.date(2024, 5, 1), dt.datetime(2025, 2, 3, 9, 30)),
    ("do_not_contact", False, "是", "否"),
    ("name", " 上海  新名 有限公司", "上海华信科技有限公司", "上海 新名 有限公司"),
    ("mobile", None, "138 0013 8000", None),
    ("mobile", "", "138 0013 8000", None),
    ("tags", pd.NA, "重点、老客户", None),
    ("created_at", pd.NaT, dt.date(2024, 5, 1), None),
    ("credit_limit", float("nan"), 1.5, None),
)


@pytest.mark.parametrize(("field", "value", "before", "after"), EDITS)
def test_one_edit_is_one_change_as_its_column_spells_it(path, book, field, value, before, after):
    frame = book.frame()
    frame.loc[2, field] = value
    result = book.changes_from(frame)
    ((kind, row, name, found, written),) = told(result)
    found = found.date() if isinstance(found, dt.datetime) else found
    assert (kind, row, name, found, written) == ("set", 2, field, before, after)
    book.apply(result)
    frame.attrs.clear()
    assert len(book.reopen().changes_from(frame).changes) == 0, "the book says now what the frame says"


@pytest.mark.parametrize("value", ["13800138000", "+86 138-0013-8000", "１３８００１３８０００"])
def test_another_spelling_of_the_same_value_is_no_change(book, value):
    frame = book.frame()
    frame.loc[2, "mobile"] = value
    assert len(book.changes_from(frame).changes) == 0


def test_a_part_of_a_frame_says_nothing_of_the_rest(book):
    frame = book.frame()[["mobile"]].iloc[[1]].assign(mobile="13700137000")
    assert told(book.changes_from(frame)) == [("set", 3, "mobile", "13900139000", "13700137000")]


def test_rows_are_known_by_number_or_by_key(book):
    frame = book.frame().sort_values("name", ascending=False)
    frame.loc[3, "name"] = "新名"
    wanted = [("set", 3, "name", "北京远望贸易有限公司", "新名")]
    keyed = frame.set_index("customer_id")
    for each in (frame, frame.reset_index(), frame.reset_index(drop=True), keyed, frame.astype("object")):
        assert told(book.changes_from(each)) == wanted


def test_columns_may_be_labels_headers_or_fields(book):
    for heading in ("Customer name", "客户名称", "name", "公司名称"):
        frame = pd.DataFrame({"Customer ID": ["C002"], heading: ["新名"]})
        assert told(book.changes_from(frame)) == [("set", 3, "name", "北京远望贸易有限公司", "新名")]


def test_a_column_of_the_users_own_is_edited_as_it_is(path, book):
    frame = book.frame()[["customer_id"]].assign(价格表=["丙", "乙", None])
    result = book.changes_from(frame)
    assert told(result) == [("set", 2, "价格表", "甲", "丙")]
    book.apply(result)
    assert cell(path, "I2") == "丙"


def test_a_field_without_column_gets_one(path, book):
    frame = book.frame().assign(city=[None, "北京", None])
    result = book.changes_from(frame)
    assert told(result) == [("column", 1, "city", None, "城市"), ("set", 3, "city", None, "北京")]
    book.apply(result)
    assert (cell(path, "K1"), cell(path, "K3")) == ("城市", "北京")
    assert len(book.changes_from(book.frame().assign(city=None)).changes) == 0, "an empty column is not needed"


def test_new_rows_are_added_with_the_next_key(path, book):
    new = pd.DataFrame({"name": ["新客户甲", "新客户乙"], "mobile": ["13600136000", None]})
    result = book.changes_from(pd.concat([book.frame(), new]))
    assert [(kind, row, after) for kind, row, _, _, after in told(result)] == [
        ("add", 5, {"customer_id": "C004", "name": "新客户甲", "mobile": "13600136000"}),
        ("add", 6, {"customer_id": "C005", "name": "新客户乙"}),
    ]
    assert "Rows that are new in 客户: 2." in str(result)
    book.apply(result)
    assert (cell(path, "A5"), cell(path, "B6")) == ("C004", "新客户乙")
    assert book.reopen().frame()["customer_id"].tolist() == ["C001", "C002", "C003", "C004", "C005"]


def test_a_new_row_may_bring_its_key(book):
    frame = book.frame()
    frame.loc[99, ["customer_id", "name"]] = ["X7", "新客户"]
    assert told(book.changes_from(frame)) == [("add", 5, "", None, {"customer_id": "X7", "name": "新客户"})]


def test_an_empty_row_and_a_missing_row_are_nothing(book):
    frame = book.frame().drop(index=3).reindex([2, 4, 50])
    assert len(book.changes_from(frame).changes) == 0


def test_raw_cells_are_written_as_they_are(path, book):
    frame = book.frame(raw=True)
    frame.loc[4, "mobile"] = None
    frame.loc[2, "mobile"] = "138 0013 8001"
    frame.loc[2, "credit_limit"] = 2
    result = book.changes_from(frame, raw=True)
    assert sorted(told(result), key=lambda each: each[1:3]) == [
        ("set", 2, "credit_limit", 1.5, 2),
        ("set", 2, "mobile", "138 0013 8000", "138 0013 8001"),
        ("set", 4, "mobile", "1380013", None),
    ]
    book.apply(result)
    assert (cell(path, "D2"), cell(path, "D4"), cell(path, "F2")) == ("138 0013 8001", None, 2)


REFUSED: tuple[tuple[str, Callable[[pd.DataFrame], Any], str], ...] = (
    ("a doubled row", lambda f: pd.concat([f, f]).rename_axis("row"), "row 2 of the sheet stands in it several times"),
    ("a doubled key", lambda f: pd.concat([f, f]).reset_index(drop=True), "the key C001 stands in it several times"),
    ("an edited key", lambda f: f.assign(customer_id=["C001", "C009", "C003"]), "the key C002 of row 3 is another"),
    ("a lost key", lambda f: f.assign(customer_id=["C001", None, "C003"]), "is another in the frame: nothing"),
    ("exchanged keys", lambda f: f.assign(customer_id=["C002", "C001", "C003"]), "the key C001 of row 2 is another"),
    ("a time zone", lambda f: f.assign(created_at=pd.Timestamp("2024-05-01", tz="Asia/Shanghai")), "a time zone"),
    ("no date", lambda f: f.assign(created_at=["soon", None, None]), r"客户!G2 \(created_at\): soon cannot be read"),
    ("no choice", lambda f: f.assign(kind=["enterprize", None, None]), "is not in the list"),
    ("no phone", lambda f: f.assign(mobile=["12", None, None]), r"1 of its values cannot be read.*客户!D2"),
    ("no number", lambda f: f.assign(credit_limit=["much", None, None]), r"客户!F2 \(credit_limit\)"),
    ("no cell", lambda f: f.assign(notes=[["a"], None, None]), "which no cell can hold"),
    ("infinity", lambda f: f.assign(credit_limit=float("inf")), "which no cell can hold"),
    ("two columns for one", lambda f: f.assign(手机="1"), "two of its columns mean mobile: mobile and 手机"),
    ("levels", lambda f: f.set_index(["customer_id", "name"]), "several levels"),
)


@pytest.mark.parametrize(("change", "message"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_a_frame_that_cannot_be_understood_is_refused(book, change, message):
    with pytest.raises(errors.FrameRefused, match=message):
        book.changes_from(change(book.frame()))


def test_a_frame_of_another_state_table_or_layer_is_refused(csv):
    book = opened(csv)
    frame = book.frame()[["mobile"]].copy()
    frame.loc[3, "mobile"] = "13900139000"
    with pytest.raises(errors.FrameRefused, match="made from customers"):
        book.changes_from(frame, "transactions")
    with pytest.raises(errors.FrameRefused, match="raw=False"):
        book.changes_from(frame, raw=True)
    result = book.changes_from(frame)
    customers = csv / "客户.csv"
    first, one, two = customers.read_bytes().splitlines(keepends=True)
    customers.write_bytes(first + two + one)
    now = book.reopen()
    with pytest.raises(errors.FrameRefused, match="another state of the book"):
        now.changes_from(frame)
    now.apply(result)
    assert customers.read_text("gb18030").splitlines()[1] == "C2,乙公司,13900139000,", "found again by its key"


def test_keys_that_lost_their_zeros_are_no_new_rows(tmp_path):
    book = opened(made(tmp_path / "b.xlsx", HEADERS[:2], (("001", "甲公司"), ("002", "乙公司"))))
    book.frame().to_csv(tmp_path / "frame.csv", index=False)
    with pytest.raises(errors.FrameRefused, match="key 1 may be 001 without its zeros"):
        book.changes_from(pd.read_csv(tmp_path / "frame.csv"))
    assert len(book.changes_from(pd.read_csv(tmp_path / "frame.csv", dtype=str)).changes) == 0


def test_an_unknown_column_is_refused(book):
    with pytest.raises(errors.FieldUnknown, match="colour"):
        book.changes_from(book.frame().assign(colour="red"))


def test_a_formula_is_not_overwritten(path, book):
    frame = book.frame()
    frame.loc[4, "notes"] = "a note"
    with pytest.raises(errors.CellRefused, match="J4"):
        book.changes_from(frame)


def test_keys_that_several_rows_have_need_the_row_numbers(tmp_path):
    rows = (("C001", "甲公司"), ("C001", "乙公司"), ("C002", "丙公司"))
    book = opened(made(tmp_path / "b.xlsx", HEADERS[:2], rows))
    frame = book.frame()
    frame.loc[3, "name"] = "丁公司"
    assert told(book.changes_from(frame)) == [("set", 3, "name", "乙公司", "丁公司")]
    with pytest.raises(errors.FrameRefused, match="several rows of the sheet have the key C001"):
        book.changes_from(frame.reset_index(drop=True))


def test_a_name_in_two_columns_is_edited_there(tmp_path):
    book = opened(made(tmp_path / "b.xlsx", ("客户编号", "姓", "名", "手机"), (("C1", "王", "小明", "13800138000"),)))
    frame = book.frame()
    assert frame.at[2, "name"] == "王小明"
    frame.loc[2, "name"] = "李小明"
    with pytest.raises(errors.FrameRefused, match="name is put together"):
        book.changes_from(frame)


def test_a_book_without_keys_takes_edits_by_row_and_keeps_its_columns(tmp_path):
    path = made(tmp_path / "b.xlsx", ("客户名称", "手机"), (("甲公司", "13800138000"), ("乙公司", None)))
    book = opened(path)
    frame = book.frame()
    assert frame["customer_id"].tolist() == ["K000001", "K000002"]
    frame.loc[3, "mobile"] = "13900139000"
    result = book.changes_from(frame)
    assert told(result) == [("set", 3, "mobile", None, "13900139000")]
    assert result.changes["key"].tolist() == [""], "a key that is only proposed names nobody"
    book.apply(result)
    assert cell(path, "C1") is None
    added = book.reopen().changes_from(pd.DataFrame({"name": ["丙公司"]}))
    assert told(added) == [("add", 4, "", None, {"name": "丙公司"})]


def test_a_key_for_a_new_row_of_a_book_without_keys_brings_all_of_them(tmp_path):
    book = opened(made(tmp_path / "b.xlsx", ("客户名称", "手机"), (("甲公司", "13800138000"),)))
    result = book.changes_from(pd.DataFrame({"customer_id": ["K000009"], "name": ["乙公司"]}))
    assert [(kind, row, name, after) for kind, row, name, _, after in told(result)] == [
        ("column", 1, "customer_id", "客户编号"),
        ("set", 2, "customer_id", "K000001"),
        ("add", 3, "", {"customer_id": "K000009", "name": "乙公司"}),
    ]
    book.apply(result)
    assert book.reopen().frame()["customer_id"].tolist() == ["K000001", "K000009"]


def test_a_key_that_is_only_proposed_may_be_missing_in_a_frame(tmp_path):
    book = opened(made(tmp_path / "b.xlsx", HEADERS[:2], (("C1", "甲公司"), (None, "乙公司"))))
    assert book.frame()["customer_id"].tolist() == ["C1", "C2"]
    raw = book.frame(raw=True)
    raw.loc[3, "name"] = "丙公司"
    assert told(book.changes_from(raw, raw=True)) == [("set", 3, "name", "乙公司", "丙公司")]
    frame = book.frame()
    frame.loc[3, ["customer_id", "name"]] = [None, "丙公司"]
    assert told(book.changes_from(frame)) == [("set", 3, "name", "乙公司", "丙公司")]


def test_a_record_without_key_can_be_given_one(csv):
    (csv / "联系人.csv").write_text(
        "联系人编号,客户编号,姓名,手机\r\n,C1,王芳,\r\nP2,C1,李雷,\r\n", encoding="utf-8", newline=""
    )
    book = opened(csv)
    frame = book.frame("contacts")
    frame.loc[2, "contact_id"] = "P1"
    assert told(book.changes_from(frame, "contacts")) == [("set", 2, "contact_id", None, "P1")]


def test_numbered_keys_stay_numbers(tmp_path):
    path = made(tmp_path / "b.xlsx", HEADERS[:2], ((1001, "甲公司"), (1002, "乙公司")))
    book = opened(path)
    assert book.frame()["customer_id"].tolist() == ["1001", "1002"]
    book.apply(book.changes_from(pd.DataFrame({"name": ["丙公司"]})))
    assert cell(path, "A4") == 1003


def test_a_folder_of_csv_files_takes_edits_as_text(csv):
    before = {each.name: each.read_bytes() for each in csv.glob("*.csv")}
    book = opened(csv)
    frame = book.frame()
    frame.loc[2, ["mobile", "created_at"]] = ["+8613700137000", pd.Timestamp(2025, 2, 3)]
    book.apply(book.changes_from(frame))
    assert "C1,甲公司,13700137000,2025-02-03\r\n" in (csv / "客户.csv").read_bytes().decode("gb18030")
    book = book.reopen()
    deals = book.frame("transactions")
    deals.loc[3, "amount"] = 250.25
    book.apply(book.changes_from(deals, "transactions"))
    assert b"C2,2026-02-05,250.25\r\n" in (csv / "交易记录.csv").read_bytes()
    book.reopen().undo()
    book.reopen().undo()
    assert {each.name: each.read_bytes() for each in csv.glob("*.csv")} == before


# Writing


def test_undo_restores_the_bytes(path, book):
    before = path.read_bytes()
    written = book.apply(book.nightly())
    assert written.version
    assert path.read_bytes() != before
    history = book.history()
    assert history["command"].tolist() == ["", "nightly"]
    assert history["author"].tolist() == ["", "li"]
    assert history["id"].tolist()[-1] == written.version
    undone = book.reopen().undo()
    assert path.read_bytes() == before
    assert undone.command == "undo"
    assert len(undone.changes) == len(written.changes)
    with pytest.raises(errors.NothingToUndo):
        book.reopen().undo()


def test_the_book_as_it_was_is_read_and_never_written(path, book):
    book.apply(book.changes_from(book.frame().loc[[2], ["notes"]].assign(notes="已拜访")))
    now = book.reopen()
    then = now.at(1)
    assert pd.isna(then.frame().loc[2, "notes"])
    assert now.frame().loc[2, "notes"] == "已拜访"
    forth, back = now.diff(then), then.diff(now)
    columns = ["kind", "table", "field", "before", "after"]
    assert forth[columns].to_numpy().tolist() == [["set", "customers", "notes", None, "已拜访"]]
    assert back[columns].to_numpy().tolist() == [["set", "customers", "notes", "已拜访", None]]
    assert len(now.diff(now)) == 0
    with pytest.raises(errors.BookStale):
        then.apply(then.clean())
    with pytest.raises(errors.VersionUnknown):
        now.at("nobody")


def test_nothing_to_change_writes_nothing(path, book):
    result = book.apply(book.changes_from(book.frame()))
    assert result.version == ""
    assert "nothing to change" in str(result)
    assert list(path.parent.iterdir()) == [path]


def test_a_handle_whose_file_was_changed_writes_no_more(path, book):
    result = book.clean()
    book.apply(result)
    content = path.read_bytes()
    for write in (lambda: book.apply(result), book.undo):
        with pytest.raises(errors.BookChanged, match="reopen"):
            write()
    assert path.read_bytes() == content
    path.unlink()
    with pytest.raises(errors.BookMissing):
        book.apply(result)


def test_a_proposal_for_an_earlier_book_is_found_again_by_key(path, book):
    frame = book.frame()
    frame.loc[3, "mobile"] = "13700137000"
    result = book.changes_from(frame)
    made(path, rows=tuple(reversed(ROWS)))
    now = book.reopen()
    assert told(now.apply(result)) == [("set", 3, "mobile", "13900139000", "13700137000")]
    assert cell(path, "D3") == "13700137000"


def test_a_cell_that_somebody_changed_is_a_conflict(path, book):
    frame = book.frame()
    frame.loc[3, "mobile"] = "13700137000"
    result = book.changes_from(frame)
    made(path, rows=tuple((*each[:3], "13500135000", *each[4:]) for each in ROWS))
    content = path.read_bytes()
    with pytest.raises(errors.ConflictError, match=r"135\*{4}5000") as caught:
        book.reopen().apply(result)
    assert "13500135000" not in str(caught.value)
    assert path.read_bytes() == content


def test_the_budget_stops_a_frame_that_went_wrong(tmp_path):
    rows = tuple((f"C{at:03}", f"第{at}贸易有限公司", f"备注{at}") for at in range(20))
    path = made(tmp_path / "b.xlsx", ("客户编号", "客户名称", "备注"), rows)
    book = opened(path)
    frame = book.frame()
    frame["notes"] = frame["notes"].shift()
    result = book.changes_from(frame)
    with pytest.raises(errors.BudgetExceeded, match="20 changed rows"):
        book.apply(result)
    assert cell(path, "C3") == "备注1"
    assert book.apply(result, budget=False).version
    assert cell(path, "C3") == "备注0"


def test_some_of_the_changes_are_chosen_with_the_columns_they_need(tmp_path):
    path = made(
        tmp_path / "b.xlsx", ("客户编号", "客户名称", "累计成交金额"), (("C1", "甲公司", 5), ("C2", "乙公司", 3))
    )
    book = opened(path)
    graded = book.tier()
    only = graded.only(graded.changes["field"] == "tier_reason")
    assert set(only.changes["field"]) == {"tier_reason"}
    assert "column" in set(only.changes["kind"])
    none = graded.only([False] * len(graded.changes))
    assert len(none.proposal) == len(none.changes) == none.counts["changes"] == 0
    without = graded.only((graded.changes["kind"] == "set") & (graded.changes["field"] == "tier_reason"))
    assert without.changes["kind"].tolist()[0] == "column", "the column comes along"
    book.apply(without)
    assert (cell(path, "D1"), cell(path, "E1")) == ("分级理由", None)
    assert "tier_reason" in book.reopen().frame()
    with pytest.raises(ValueError, match="zip"):
        graded.only([True])


def test_a_change_set_is_applied_like_a_result(path, book):
    assert told(book.apply(book.clean().proposal)) == told(book.clean())


def test_a_book_that_is_open_elsewhere_is_left_alone(path, book):
    (path.parent / f"~${path.name}").write_bytes(b"\x04Li M" + b" " * 160)
    content = path.read_bytes()
    with pytest.raises(errors.ProposalKept, match="open elsewhere"):
        book.apply(book.clean())
    assert path.read_bytes() == content


def test_the_actor_and_the_clock_of_the_write_are_kept(path, monkeypatch):
    monkeypatch.setenv("CRMSHEET_ACTOR", "somebody")
    book = opened(path)
    book.apply(book.clean())
    version = versions.history_of(path).versions()[-1]
    assert version.author == "li", "who is named outright counts before the environment"
    again = crmsheet.open(path, today=TODAY).reopen()
    assert again.apply(again.changes_from(pd.DataFrame({"name": ["丙公司"]}))).version
    assert versions.history_of(path).versions()[-1].author == "somebody"
