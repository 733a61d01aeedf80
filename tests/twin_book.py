"""A small book in which some customers may be there twice: three pairs to decide, one that is sure, and strangers."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl

HEADS = ("客户编号", "客户名称", "客户类型", "负责人", "手机", "邮箱", "城市", "联系人")
ROWS = (
    ("C001", "欧阳靖宇", "个人", "李雷", "", "", "杭州", ""),
    ("C002", "欧阳靖宇", "个人", "王敏", "", "", "杭州", ""),
    ("C003", "杭州翎羽科技有限公司", "企业", "李雷", "13911112222", "", "杭州", "上官云珠"),
    ("C004", "杭州翎羽科技有限公司", "企业", "王敏", "13811113333", "", "杭州", ""),
    ("C005", "司徒雅婷", "个人", "李雷", "13711110001", "", "成都", ""),
    ("C006", "司徒雅婷", "个人", "李雷", "13611110002", "", "成都", ""),
    ("C007", "诸葛明", "个人", "王敏", "13711110009", "zgm@example.com", "广州", ""),
    ("C008", "诸葛明", "个人", "王敏", "13711110009", "zgm@example.com", "广州", ""),
    ("C009", "青岛海风渔具厂", "企业", "李雷", "13511110010", "hf@example.com", "青岛", "公孙胜"),
)
TWINS = (("C001", "C002"), ("C003", "C004"), ("C005", "C006"))
SURE = ("C007", "C008")


def twins(path: Path, *, keyed: bool = True) -> Path:
    """Writes the book as a workbook, or as CSV where the path says so; without keys no record has one."""
    lines = [row if keyed else row[1:] for row in (HEADS, *ROWS)]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(lines)
        return path
    book = openpyxl.Workbook()
    book.active.title = "客户"
    for line in lines:
        book.active.append([each or None for each in line])
    book.save(path)
    return path
