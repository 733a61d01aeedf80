"""Messy layouts that only a person can explain."""

from __future__ import annotations

from crmsheet.sample.messy import Column, Messy, Page
from crmsheet.sample.messy_parts import MONEY, plain


def no_header(page: Page) -> Messy:
    """Records from the first row on, without any header."""
    page.columns = plain(page)
    page.records(page.rng.randint(5, 20))
    return page.done("3", asks="header")


def transposed(page: Page) -> Messy:
    """Labels below each other, a customer per column."""
    for what in ("name", "contact_name", "mobile", "email", "owner", "level"):
        page.columns = page.wanted(what)
        page.cells[page.row, 1] = page.columns[0].header
        for at in range(page.rng.randint(2, 5)):
            page.cells[page.row, 2 + at] = page.value(page.columns[0], 0)
        page.row += 1
    return page.done("3", asks="transposed")


def two_headers(page: Page) -> Messy:
    """Two rows that could be the header, in two languages."""
    page.header(
        [
            Column("name", "客户名称", "name"),
            Column("mobile", "手机", "mobile"),
            Column("email", "邮箱", "email"),
            Column("owner", "负责人", "owner"),
        ]
    )
    page.line("repeated", {0: "Customer name", 1: "Mobile", 2: "Email", 3: "Owner"})
    page.records(page.rng.randint(4, 12))
    page.close()
    return page.done("7", asks="header")


def more_rows_below_the_total(page: Page) -> Messy:
    """Records below the total of everything."""
    page.header(plain(page, *MONEY))
    page.records(page.rng.randint(4, 12))
    page.total(page.say("总计", "Grand Total"))
    page.skip(2, 4)
    page.records(page.rng.randint(2, 5))
    page.close()
    return page.done("9, 10", asks="rows")


def company_only_once(page: Page) -> Messy:
    """The company written once for several contacts, without merged cells."""
    page.header(page.wanted("customer_name", "contact", "contact_title=title", "mobile", "email"))
    for _ in range(page.rng.randint(3, 8)):
        count = page.rng.randint(2, 4)
        page.records(count)
        for row in page.rows[-count + 1 :]:
            page.cells.pop((row, page.left), None)
    page.close("contacts")
    return page.done("5", asks="fill", csv="utf-8-sig")
