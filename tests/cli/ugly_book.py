"""A customer list as people keep it: a title, a header of two rows, merged cells, a total, damage of every kind."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

ROWS = (
    ("武汉华星科技有限公司", "王伟", "１３８００１３８０００", "11010519491231002X", "wang@qq.com", "张三", "好客户"),
    ("北京天马商贸有限公司", "李娜", 13912345678.0, 110105194912310000.0, "li@QQ.com", "李四", ""),
    ("上海东方贸易有限公司", "赵敏", "1.38E+10", "110105********002X", "z***@qq.com", "张三", "锟斤拷"),
    ("广州南粤实业有限公司", "钱多", "138****8000", "", "qian@163.con", "王五", "####"),
    ("深圳创新科技有限公司", "孙立", "1062345678", "", None, "李四", "同上"),
)
HEADER_ROWS, FIRST, TOTAL = (2, 3), 4, 9


def make_ugly(path: Path) -> Path:
    """The book at a path."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "客户"
    sheet["A1"] = "XX公司客户表 2024"
    sheet.append(("客户名称", "联系人", None, "身份证号", "邮箱", "负责人", "备注"))
    sheet.append((None, "姓名", "电话", None, None, None, None))
    for area in ("A1:G1", "B2:C2", *(f"{letters}2:{letters}3" for letters in "ADEFG")):
        sheet.merge_cells(area)
    for row in ROWS:
        sheet.append(row)
    sheet["A9"], sheet["B9"] = "合计", 5
    sheet["A5"].fill = PatternFill("solid", fgColor="FFFF0000")
    sheet["A4"].comment = Comment("老客户", "王")
    sheet.column_dimensions["G"].hidden = True
    book.create_sheet("空表")
    book.save(path)
    return path


def make_gaps(path: Path) -> Path:
    """A list whose names stand in the first of several rows each: only a person knows whether they hold for all."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "客户"
    sheet.append(("客户名称", "联系人", "手机", "负责人"))
    for row in (
        ("武汉华星科技有限公司", "王伟", "13800138000", "张三"),
        (None, "李丽", "13800138001", "张三"),
        (None, "周明", "13800138002", "张三"),
        ("北京天马商贸有限公司", "李娜", "13912345678", "李四"),
        (None, "吴刚", "13912345679", "李四"),
        ("上海东方贸易有限公司", "赵敏", "13712345678", "王五"),
    ):
        sheet.append(row)
    book.save(path)
    return path
