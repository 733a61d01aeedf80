"""The list for an owner is a real workbook: types kept, text never a formula."""

from __future__ import annotations

import datetime as dt
import io

from openpyxl import load_workbook

from crmsheet.core.messages import Message
from crmsheet.core.outcome import Section
from crmsheet.render.workbook import workbook
from crmsheet.resources import speech


def test_types_and_layout():
    section = Section(
        {"zh": "今日跟进/张三", "en": "Today"},
        ("客户名称", "手机", "金额", "到期", "理由"),
        (
            ("=HYPERLINK(1)", "13800138000", 1234.5, dt.date(2024, 1, 5), Message("{n} days", {"n": 3})),
            ("华信", None, 3.0, None, ""),
        ),
    )
    sheet = load_workbook(io.BytesIO(workbook(section, speech("zh")))).active
    assert sheet.title == "今日跟进 张三"
    assert [cell.value for cell in sheet[2]] == [
        "=HYPERLINK(1)",
        "13800138000",
        1234.5,
        dt.datetime(2024, 1, 5),
        "3 days",
    ]
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].number_format == "@"
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E3"
    assert sheet.column_dimensions["A"].width > 12
