"""A merged book in LibreOffice: it opens, links and lets people decide; what they save is read back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from crmsheet.cli.main import run
from tests.conftest import ROOT

pytestmark = pytest.mark.e2e("soffice")


def saved_by_libreoffice(path: Path, folder: Path) -> Path:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    return folder / path.name


def edited(source: Path, target: Path, *sets: str) -> Path:
    shutil.copy(source, target)
    for key, *values in (each.split() for each in sets):
        assert run(["set", key, *values, str(target)]) == 0
    return target


def test_a_merged_book_is_decided_in_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    base = Path(shutil.copy(ROOT / "examples" / "客户关系管理书.xlsx", tmp_path / "base.xlsx"))
    ours = edited(base, tmp_path / "ours.xlsx", "C00006 城市=宁波 信用额度=150000", "C00002 手机=13811110000")
    theirs = edited(base, tmp_path / "theirs.xlsx", "C00006 城市=杭州 客户级别=A", "C00003 备注=新")
    assert run(["merge", str(base), str(ours), str(theirs), "--write"]) == 5
    (tmp_path / "lo").mkdir()
    back = saved_by_libreoffice(ours, tmp_path / "lo")
    made = openpyxl.load_workbook(back)
    sheet = made["冲突"]
    assert [sheet.cell(3, at).value for at in (1, 2, 4, 5, 6, 7)] == [
        "客户",
        "C00006",
        "城市",
        "宁波市",
        "宁波",
        "杭州",
    ]
    assert sheet.data_validations.dataValidation[0].formula1.replace('"', "") == "我方,对方,原值"
    assert sheet["I3"].hyperlink.location.replace("'", "").replace(".", "!") in ("客户!Q8", "#客户!Q8")
    found = made["客户"]
    assert (found["I8"].value, found["L4"].value, found["AA5"].value) == ("A", "13811110000", "新")
    assert found["U8"].value == openpyxl.load_workbook(base)["客户"]["U8"].value
    sheet["H3"] = "对方"
    made.save(ours)
    assert run(["reconcile", str(ours), "--write"]) == 0
    again = saved_by_libreoffice(ours, tmp_path / "lo")
    decided = openpyxl.load_workbook(again)
    assert decided["客户"]["Q8"].value == "杭州"
    assert "冲突" not in decided.sheetnames
