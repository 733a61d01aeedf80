"""The book of the benchmarks on one large sheet: N rows x 20 columns, every cell filled, in an Excel table."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from random import Random
from typing import Any

SHEET, MEMBER = "客户", "xl/worksheets/sheet2.xml"
LEVEL = 6
"""The deflate level of the book that is read and patched, as LibreOffice, WPS and openpyxl write it."""
HEADERS = (
    "客户编号", "客户名称", "联系人", "手机", "邮箱", "地址", "备注", "客户类型", "阶段", "级别", "城市", "来源",
    "负责人", "行业", "累计成交金额", "成交次数", "授信额度", "登记日期", "最近成交日期", "最后跟进时间",
)  # fmt: skip
_FIRST = dt.date(2020, 1, 1)


def write_book(path: Path, rows: int) -> Path:
    """Writes the book: seven columns of text of their own, seven of few words, three of numbers, three of dates."""
    from crmsheet.sample.chinese import CHINESE
    from crmsheet.sample.grid import Grid
    from crmsheet.sample.large import write_large

    rng = Random(1)
    records = [record_of(rng, n) for n in range(rows)]
    fields = tuple("total_amount" if header == "累计成交金额" else f"f{n}" for n, header in enumerate(HEADERS))
    grids = [
        Grid("cover", "说明", (), ("客户关系管理书",), [["每行一位客户"]]),
        Grid("customers", SHEET, fields, HEADERS, records),
    ]
    loose = path.with_suffix(".loose")
    write_large(loose, grids, CHINESE)
    with zipfile.ZipFile(loose) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as new:
        for member in old.namelist():
            new.writestr(zipfile.ZipInfo(member), old.read(member), zipfile.ZIP_DEFLATED, LEVEL)
    loose.unlink()
    return path


def record_of(rng: Random, n: int) -> list[Any]:
    serial = f"{n:07d}"
    words = [
        f"{what}{rng.randrange(few)}" for what, few in zip("类阶级城源人业", (2, 6, 3, 300, 8, 40, 25), strict=True)
    ]
    days = [_FIRST + dt.timedelta(days=rng.randrange(2500)) for _ in range(3)]
    moment = dt.datetime.combine(days[2], dt.time(rng.randrange(24), rng.randrange(60)))
    return [
        f"C{serial}", f"华信科技{serial}有限公司", f"王{rng.randrange(9000)}", f"138{rng.randrange(10**8):08d}",
        f"c{serial}@example{rng.randrange(400)}.cn", f"中山路{rng.randrange(4000)}号{rng.randrange(90)}室",
        f"第{rng.randrange(90_000)}次拜访, 已报价", *words,
        round(rng.uniform(100, 900_000), 2), rng.randrange(400), rng.randrange(1, 90) * 1000, *days[:2], moment,
    ]  # fmt: skip
