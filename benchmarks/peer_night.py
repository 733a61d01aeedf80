"""The night run as a skilled user writes it, with the usual libraries and without crmsheet: night_run.py's yardstick.

Reads the book, checks it, normalises phones and e-mails, finds duplicates inside blocks, grades by Pareto share, finds
who has never been contacted, and saves with openpyxl. Straightforward on purpose, neither slowed down nor tuned:

    python benchmarks/peer_night.py BOOK.xlsx OUT.xlsx
"""

from __future__ import annotations

import itertools
import sys
import time
import unicodedata
from collections import defaultdict

import openpyxl
import pandas as pd
import phonenumbers
from email_validator import EmailNotValidError, validate_email
from rapidfuzz import fuzz

CROWD = 30
"""A phone or address of so many customers is a switchboard, not an identity."""


def phone(value: object) -> str | None:
    if pd.isna(value):
        return None
    text = str(int(value)) if isinstance(value, float) else unicodedata.normalize("NFKC", str(value))
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(value: object) -> str | None:
    if pd.isna(value):
        return None
    try:
        return validate_email(unicodedata.normalize("NFKC", str(value)).strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def duplicates(customers: pd.DataFrame) -> set[tuple[int, int]]:
    names = customers["客户名称"].astype(str).tolist()
    pairs: set[tuple[int, int]] = set()
    for identity in ("phone", "email"):
        block: dict[str, list[int]] = defaultdict(list)
        for position, value in enumerate(customers[identity]):
            if isinstance(value, str):
                block[value].append(position)
        for members in block.values():
            if 1 < len(members) < CROWD:
                pairs.update(p for p in itertools.combinations(members, 2) if fuzz.ratio(names[p[0]], names[p[1]]) > 60)
    return pairs


def tiers(customers: pd.DataFrame, deals: pd.DataFrame) -> pd.Series:
    revenue = deals.groupby("客户编号")["金额"].sum().sort_values(ascending=False)
    share = revenue.cumsum() / revenue.sum()
    tier = pd.cut(share, [0, 0.8, 0.95, 1.01], labels=["A", "B", "C"]).astype(object)
    return customers["客户编号"].map(tier).fillna("C")


def save(source: str, target: str, customers: pd.DataFrame) -> None:
    book = openpyxl.load_workbook(source)
    sheet = book["客户"]
    column = {cell.value: number for number, cell in enumerate(sheet[1], 1)}
    written = zip(customers["phone"], customers["email"], customers["tier"], strict=True)
    for row, (mobile, address, tier) in enumerate(written, 2):
        if isinstance(mobile, str):
            sheet.cell(row, column["手机"], mobile)
        if isinstance(address, str):
            sheet.cell(row, column["邮箱"], address)
        sheet.cell(row, column["客户等级"], tier)
    book.save(target)


def main(source: str, target: str) -> None:
    clock = [time.perf_counter()]

    def lap(step: str) -> None:
        clock.append(time.perf_counter())
        print(f"{step:10}{clock[-1] - clock[-2]:8.1f} s", flush=True)

    # The reader is the one that pandas takes unless told otherwise; its next version will take another.
    book = pd.read_excel(source, sheet_name=["客户", "交易记录", "沟通记录"], dtype=object, engine="openpyxl")
    customers, deals, talks = book["客户"], book["交易记录"], book["沟通记录"]
    lap("read")
    keys = customers["客户编号"]
    bad = int(customers["客户名称"].isna().sum() + keys.duplicated().sum() + (~deals["客户编号"].isin(keys)).sum())
    lap("check")
    customers["phone"], customers["email"] = customers["手机"].map(phone), customers["邮箱"].map(email)
    lap("normalise")
    pairs = duplicates(customers)
    lap("dedupe")
    customers["tier"] = tiers(customers, deals)
    lap("tier")
    last = pd.to_datetime(talks["时间"], errors="coerce").groupby(talks["客户编号"]).max()
    due = int(keys.map(last).isna().sum())
    lap("followup")
    save(source, target, customers)
    lap("write")
    print(f"total     {clock[-1] - clock[0]:8.1f} s: {bad} bad rows, {len(pairs)} pairs, {due} never contacted")


if __name__ == "__main__":
    main(*sys.argv[1:3])
