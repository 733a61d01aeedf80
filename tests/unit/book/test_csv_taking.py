"""CSV files taken whole into a folder of them: exchanged, added, and edited in the dialect that they have."""

from pathlib import Path

import pytest

from crmsheet.book.opened import SheetEdits, WorkbookEdits
from crmsheet.book.opening import open_files
from crmsheet.book.patching import patch
from crmsheet.core.errors import PatchRefused

FILES = {"客户.csv": "名称,电话\n甲,1\n".encode(), "说明.tsv": b"a\tb\n1\t2\n"}
NEW = "名称;电话\r\n乙;2\r\n".encode("gb18030")


def taken(sheet, content=NEW, files=FILES, **edits):
    return patch(open_files(Path("books"), files), edits, WorkbookEdits(taken={sheet: content}))


def test_a_file_is_exchanged_as_it_is():
    done = taken("客户")
    assert done.files == {"客户.csv": NEW}
    assert [each.name for each in done.receipt.parts.changed] == ["客户.csv"]
    assert taken("客户", FILES["客户.csv"]).files == {}


def test_a_file_is_added_under_the_name_of_its_sheet():
    assert taken("订单").files == {"订单.csv": NEW}
    assert taken("订单.tsv").files == {"订单.tsv": NEW}
    together = open_files(Path("books"), {**FILES, **taken("订单").files})
    assert {each.name for each in together.sheets} == {"客户", "订单", "说明"}


def test_a_file_that_is_edited_too_keeps_the_dialect_that_it_came_with():
    done = taken("客户", 客户=SheetEdits(1, {(2, "B"): "3"}))
    assert done.files == {"客户.csv": "名称;电话\r\n乙;3\r\n".encode("gb18030")}


@pytest.mark.parametrize("name", ["a/b", "..", "~$客户", "客户 冲突副本", "x" * 210, "a:b", "说明.csv"])
def test_names_that_no_file_can_have_are_refused(name):
    with pytest.raises(PatchRefused, match="cannot be the name of a file"):
        taken(name)


def test_a_single_file_has_no_room_for_another_sheet():
    opened = open_files(Path("客户.csv"), {"": FILES["客户.csv"]})
    with pytest.raises(PatchRefused, match="one sheet"):
        patch(opened, {}, WorkbookEdits(taken={"别的": NEW}))
    assert patch(opened, {}, WorkbookEdits(taken={"客户": NEW})).files == {"": NEW}
