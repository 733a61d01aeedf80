"""Makes made.xlsx, from which LibreOffice made the other files: see README.md."""

import datetime as dt
from pathlib import Path

from openpyxl import Workbook

KINDS = [
    ("文字", "客户 & <名称>", "@"),
    ("数字", 13800138000.5, "0.00"),
    ("整数", 42, "General"),
    ("真假", True, "General"),
    ("百分比", 0.125, "0.00%"),
    ("日期", dt.date(2024, 2, 29), "yyyy-mm-dd"),
    ("日期时间", dt.datetime(2024, 2, 29, 13, 30, 5), "yyyy-mm-dd hh:mm:ss"),
    ("时间", dt.time(13, 30), "hh:mm"),
    ("时长", dt.timedelta(hours=30), "[h]:mm:ss"),
    ("错误", "=1/0", "General"),
    ("公式", "=B3*2", "General"),
    ("两行", "第一行\n第二行", "General"),
    ("空格", "  两边  ", "General"),
    ("零开头", "0571-88886666", "@"),
    ("很早", dt.date(1900, 1, 5), "yyyy-mm-dd"),
]


def make(path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "客户"
    for row, (label, value, form) in enumerate(KINDS, 1):
        sheet.cell(row, 1, label)
        sheet.cell(row, 2, value).number_format = form
    sheet["D20"] = "远处"
    sheet["D1"] = "合并"
    sheet.merge_cells("D1:E2")
    sheet.row_dimensions[12].hidden = True
    sheet.column_dimensions["B"].width = 24
    secret = workbook.create_sheet("隐藏")
    secret["A1"] = "看不见"
    secret.sheet_state = "hidden"
    secret.protection.sheet = True
    workbook.create_sheet("空的")
    workbook.save(path)


if __name__ == "__main__":
    make(Path(__file__).with_name("made.xlsx"))
