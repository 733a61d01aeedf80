"""A mask leaks nothing: not a known phone, address, number or limit, in any command or format."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import TODAY, crmsheet

COMMANDS = ("check", "clean", "dedupe", "tier", "followup", "nightly")
HEADERS = (
    "客户编号", "客户名称", "负责人", "联系人", "手机", "电话", "邮箱", "微信", "QQ", "地址", "身份证号",
    "银行卡末四位", "收入", "信用额度", "生日", "下次跟进时间",
)  # fmt: skip
ROWS = (
    ("C1", "华信科技有限公司", "S1", "司马长风", "１３９１２３４５６７１", "010-62345671",
     "MAILTO:Feng.Simafeng＠huaxin.example.com", "wx_simafeng88", "8812345671", "杭州市西湖区文三路九百九十一号",
     "11010119900307451X", "6222021234567894671", "381654", "976,521.00", "1990-03-07", "2026-11-20"),
    ("C2", "华信科技有限公司", "S2", "司马长风", "0086 139 1234 5671", "62345672 转 8801",
     "feng.simafeng@huaxin,example.com", "wx simafeng89", "881234567x", "杭州市西湖区文三路九百九十一号 ",
     "110101199003074519", "467", "38.2万元", "￥976521", "1990/3/8", "2026-11-21"),
    ("C3", "北辰贸易有限公司", "S1", "欧阳如晦", "+86 13712345673/13612345674(欧阳)", "wx_ouyang77",
     "ouyang.ruhui", "13712345673", "QQ 77123456", "宁波市江北区人民路七百七十三号", "44052418800101001X", "abcd",
     "三十万", "九十万", "不详", "2026-10-01"),
    ("C4", "北辰贸易公司", "S1", "欧阳如晦", 13712345673.0, "1.37E+10",
     "ouyang.ruhui@beichen.example.com;second.ouyang@b.example", "", "", "宁波市江北区人民路七百七十三号　",
     "440524188001010014", "", 312987.5, 904417.25, "19880101", "2026-09-01"),
    ("C5", "南山医药", "S3", "诸葛明月", "1351234567", "135****5675", "无", "", "", "", "", "", "",
     "12O,345", "2031-01-02", ""),
)  # fmt: skip
CONTACTS = (
    ("联系人编号", "客户编号", "姓名", "手机", "邮箱", "微信", "生日"),
    ("P1", "C1", "上官婉清", "13312349876 ", "SHANGGUAN.wq@Huaxin.Example.COM", "wx_shangguan1", "1985/5/6"),
    ("P2", "C9", " 上官婉清", "133-1234-9876转22", "shangguan.wq@", "sg 1", "1985年5月6日"),
)
DEALS = (
    ("商机编号", "客户编号", "商机名称", "商机金额", "阶段"),
    ("O1", "C1", "年度框架", "￥867,530.90", "方案报价"),
    ("O2", "C9", "年度框架", "86.7万", "谈判"),
)
SECRETS = (
    "司马", "欧阳如", "诸葛", "上官",
    "1391234", "2345671", "234 5671", "９１２３４", "62345671", "62345672", "1371234", "2345673",
    "1361234", "2345674", "1351234", "1331234", "2349876", "1234-9876", "8801",
    "simafeng", "Simafeng", "ouyang", "shangguan", "SHANGGUAN", "second.",
    "881234", "77123456", "文三路", "人民路", "1990030", "1101011", "440524", "18800101", "6222021", "67894671",
    "381654", "382000", "300000", "312987", "312,987", "976521", "976,521", "900000", "904417", "904,417", "12O",
    "867530", "867,530", "867000", "86.7", "03-07", "3/8", "05-06", "5/6", "5月6日",
)  # fmt: skip


@pytest.fixture(scope="module")
def secrets(tmp_path_factory) -> Path:
    """A book whose private values are all known, and all somehow wrong."""
    path = tmp_path_factory.mktemp("secrets") / "客户.xlsx"
    book = openpyxl.Workbook()
    for name, rows in (("客户", (HEADERS, *ROWS)), ("联系人", CONTACTS), ("商机", DEALS)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("command", "form"),
    [
        *((each, "json") for each in COMMANDS),
        *((each, "text") for each in COMMANDS if each != "tier"),
        ("nightly", "md"),
    ],
)
def test_no_command_gives_a_secret_away(secrets: Path, command: str, form: str):
    lang = "zh" if form == "text" else "en"
    ran = crmsheet(command, secrets, "--today", TODAY, "-f", form, "--lang", lang)
    assert ran.code in (0, 1), ran.err
    # Private values wrapped over lines are private values all the same.
    pages = (ran.said, re.sub(r"\s+", "", ran.said))
    leaked = {secret for secret in SECRETS for page in pages if secret in page}
    assert not leaked, [line for line in ran.said.splitlines() if any(each in line for each in leaked)]


def test_reveal_shows_them(secrets: Path):
    ran = crmsheet("nightly", secrets, "--today", TODAY, "-f", "json", "--reveal")
    for secret in ("13912345671", "1351234567", "simafeng", "上官婉清", "976521", "文三路", "wx_ouyang77"):
        assert secret in ran.out
    assert "****8000" not in ran.out


def test_reveal_shows_them_in_the_terminal(secrets: Path):
    page = re.sub(r"\s", "", crmsheet("clean", secrets, "--today", TODAY, "--reveal").out)
    assert "１３９１２３４５６７１→13912345671" in page


def test_a_masked_value_can_still_be_told(secrets: Path):
    """People must find the cell again: the mask keeps the first three and the last four digits of a mobile."""
    found = crmsheet("check", secrets, "--today", TODAY, "-f", "json").document["findings"]
    assert any(each["value"] == "139****5671" for each in found)


def test_written_receipts_and_undo_are_masked(secrets: Path, tmp_path: Path):
    book = tmp_path / "客户.xlsx"
    book.write_bytes(secrets.read_bytes())
    said = [
        crmsheet("nightly", book, "--today", TODAY, "--write", "-f", "json"),
        crmsheet("history", book, "-f", "json"),
        crmsheet("undo", book, "-f", "json"),
        crmsheet("undo", book, "--write"),
    ]
    assert [each.code for each in said] == [0, 0, 0, 0], [each.err for each in said]
    leaked = {secret for secret in SECRETS for ran in said if secret in ran.said}
    assert not leaked
    assert book.read_bytes() == secrets.read_bytes()
