"""Workbooks of several libraries with as much beside cells as each can write."""

import io

import openpyxl
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

HEADERS = ("客户名称", "手机", "金额", "日期")


def by_openpyxl():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户"
    sheet.append(HEADERS)
    for n in range(1, 6):
        sheet.append([f"客户{n}", f"1380013800{n}", n * 100.5, None])
    sheet.add_table(Table(displayName="客户表", ref="A1:D6"))
    choices = DataValidation(type="list", formula1='"A,B"', sqref="B2:B6")
    sheet.add_data_validation(choices)
    sheet.conditional_formatting.add(
        "C2:C6", CellIsRule(operator="greaterThan", formula=["200"], fill=PatternFill("solid", "FF0000"))
    )
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=6), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    sheet["A2"].comment = Comment("注", "周敏")
    sheet["A3"].hyperlink = "https://example.com"
    book.defined_names["金额列"] = DefinedName("金额列", attr_text="客户!$C$2:$C$6")
    book.create_sheet("汇总")["A1"] = "=SUM(客户!C2:C6)"
    return _saved(book)


def _saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlsxwriter(**options):
    """Charts, sparklines, rich text, validations, formats of Excel 2010, notes, a filter, a frozen header, a table."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    sheet = book.add_worksheet("客户")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADERS, bold)
    for n in range(1, 6):
        sheet.write_row(n, 0, [f"客户{n}", f"1380013800{n}", n * 100.5])
        sheet.write_number(n, 3, 45_000 + n, day)
    sheet.write_rich_string("F2", "很", bold, "重要", "的")
    sheet.write_formula("F3", "=SUM(C2:C6)", None, 1507.5)
    sheet.data_validation("B2:B6", {"validate": "list", "source": ["A", "B"]})
    sheet.conditional_format("C2:C6", {"type": "data_bar", "data_bar_2010": True})
    sheet.add_sparkline("G2", {"range": "客户!C2:C6"})
    sheet.write_comment("A2", "注")
    sheet.write_url("A4", "https://example.com", string="客户3")
    sheet.insert_textbox("J20", "文本")
    sheet.autofilter("A1:D6")
    sheet.freeze_panes(1, 0)
    sheet.merge_range("F8:G9", "合并", bold)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=客户!$C$2:$C$6"})
    sheet.insert_chart("J2", chart)
    book.define_name("金额列", "=客户!$C$2:$C$6")
    totals = book.add_worksheet("汇总")
    totals.add_table("A1:B4", {"columns": [{"header": "项"}, {"header": "数"}], "name": "汇总表"})
    totals.write_dynamic_array_formula("D1", "=SORT(客户!C2:C6)")
    book.close()
    return out.getvalue()


PRODUCERS = {
    "openpyxl": by_openpyxl,
    "XlsxWriter": by_xlsxwriter,
    "XlsxWriter 1904": lambda: by_xlsxwriter(date_1904=True),
    "XlsxWriter zip64": lambda: by_xlsxwriter(use_zip64=True),
}
