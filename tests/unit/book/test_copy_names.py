"""What synchronising and people make of the name of a file that is there already."""

from __future__ import annotations

import pytest

from crmsheet.book.copy_names import is_copy, is_copy_of

COPIES = (
    "客户 (Alice's conflicted copy 2026-11-20).xlsx",  # Dropbox
    "客户 (李明的冲突副本 2026-11-20).xlsx",
    "客户(冲突的副本 2026-11-20).xlsx",
    "客户 (conflicted copy 2026-11-20 101010).xlsx",  # Nextcloud
    "客户 (SFConflict li@example.com 2026-11-20-10-10-10).xlsx",  # Seafile
    "客户.sync-conflict-20261120-101010-ABCDEFG.xlsx",  # Syncthing
    "客户_PC_Nov-20-101010-2026_Conflict.xlsx",  # Synology
    "客户-DESKTOP-4F2K1.xlsx",  # OneDrive
    "客户-LAPTOP7.xlsx",
    "客户-Zhang-PC.xlsx",
    "客户-Zhangs-MacBook-2.xlsx",
    "客户(冲突文件-李明-2026-11-20).xlsx",  # 坚果云
    "客户_冲突文件_李明_20261120101010.xlsx",  # 百度网盘
    "客户 (1).xlsx",  # Google Drive, browsers
    "客户(1).xlsx",
    "客户（2）.xlsx",
    "客户 2.xlsx",  # iCloud
    "客户 - 副本.xlsx",
    "客户 - 副本 (2).xlsx",
    "客户 - Copy.xlsx",
    "客户 copy 2.xlsx",
    "客户的副本.xlsx",
    "Copy of 客户.xlsx",
    "副本客户.xlsx",
    "复件 客户.xlsx",
    "客户 (1).XLSX",
)
OTHERS = (
    "客户.xlsx",
    "客户.csv",
    "客户 (1).csv",
    "客户2.xlsx",
    "客户-2025.xlsx",
    "客户-上海.xlsx",
    "客户 上海.xlsx",
    "客户 2025.xlsx",
    "老客户.xlsx",
    "供应商 (1).xlsx",
    "客户 (上海).xlsx",
    "客户-old.xlsx",
    "客户 photocopy.xlsx",
)


@pytest.mark.parametrize("name", COPIES)
def test_the_name_of_a_copy(name):
    assert is_copy_of(name, "客户.xlsx")


@pytest.mark.parametrize("name", OTHERS)
def test_the_name_of_another_book(name):
    assert not is_copy_of(name, "客户.xlsx")


@pytest.mark.parametrize("name", ["客户 (1).xlsx", "客户-LAPTOP7.xlsx", "客户 2.xlsx"])
def test_some_names_say_nothing_by_themselves(name):
    assert not is_copy(name)


def test_a_copy_is_not_the_original_of_its_original():
    assert not is_copy_of("客户.xlsx", "客户 (1).xlsx")
