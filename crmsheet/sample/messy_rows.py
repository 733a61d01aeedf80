"""Messy layouts of the rows themselves: totals, remarks, examples, several tables."""

from __future__ import annotations

from crmsheet.core.cells import CellError, Formula
from crmsheet.sample.messy import Messy, Page
from crmsheet.sample.messy_parts import MONEY, SALES, plain, signatures, title_line


def header_on_every_page(page: Page) -> Messy:
    """The header again on every printed page."""
    page.header(plain(page))
    for at in range(page.rng.randint(2, 4)):
        if at:
            page.repeat()
        page.records(page.rng.randint(5, 15))
    page.close()
    return page.done("7")


def pages_with_subtotals(page: Page) -> Messy:
    """The header again on every page, with the subtotal of each page."""
    title_line(page)
    page.header(plain(page, *MONEY))
    for at in range(3):
        if at:
            page.skip(0, 1)
            page.repeat()
        page.records(page.rng.randint(4, 9))
        page.total(page.say("本页小计", "Subtotal"))
    page.total(page.say("总计", "Grand Total"))
    page.close()
    return page.done("1, 7, 9")


def example_row(page: Page) -> Messy:
    """The example row of a template left in."""
    page.header(plain(page))
    texts = page.say(
        "示例：华星科技有限公司|王芳|13800000000|a@example.com|A|李强",
        "Example: Acme Ltd|Ann Reed|2025550100|a@example.com|A|J. Cole",
    )
    page.line("example", dict(enumerate(texts.split("|"))))
    page.records(page.rng.randint(3, 12))
    page.close()
    return page.done("8")


def unit_row(page: Page) -> Messy:
    """A row of units below the header."""
    page.header(page.wanted("customer_id", "name", "total_amount", "deal_count", "next_contact_at"))
    page.line(
        "unit", {2: page.say("（元）", "(USD)"), 3: page.say("次", "times"), 4: page.say("年/月/日", "yyyy-mm-dd")}
    )
    page.records(page.rng.randint(3, 20))
    page.close()
    return page.done("8")


def total_at_the_end(page: Page) -> Messy:
    """A total at the end, in one of its many spellings."""
    page.header(plain(page, *MONEY))
    page.records(page.rng.randint(4, 30))
    page.skip(0, 1)
    page.total(
        page.rng.choice(page.say("合计 总计 合　计： 共计", "Total Totals TOTAL: Sum").split(" ")),
        at=page.rng.randint(0, 1),
    )
    page.close()
    return page.done("9")


def subtotals_by_group(page: Page) -> Messy:
    """Subtotals below each group, and a total."""
    page.header(page.wanted("owner", "name", "phone", "total_amount", "deal_count"))
    for _ in range(page.rng.randint(2, 5)):
        page.records(page.rng.randint(2, 6))
        page.total(page.say("小计", "Subtotal"), at=1)
    page.total(page.say("总计", "Grand Total"))
    page.close()
    return page.done("9")


def notes_and_signature_below(page: Page) -> Messy:
    """A remark, signatures and a date below the records."""
    title_line(page)
    page.header(plain(page))
    page.records(page.rng.randint(4, 20))
    page.skip(0, 1)
    page.line("note", {0: page.say("备注：红色为重点客户，请优先跟进。", "Note: customers in red come first.")})
    signatures(page)
    page.line("signature", {3: page.say("日期：2026年3月5日", "Date: 2026-03-05")})
    page.close()
    return page.done("1, 9")


def blank_rows_between(page: Page) -> Messy:
    """Empty rows between the records."""
    page.header(plain(page))
    page.records(page.rng.randint(8, 30), blanks=0.3)
    page.close()
    return page.done("10")


def hidden_rows(page: Page) -> Messy:
    """Hidden records."""
    title_line(page)
    page.header(plain(page))
    page.records(page.rng.randint(8, 20))
    page.hidden |= set(page.rng.sample(page.rows, 3))
    page.close()
    return page.done("1, 12")


def csv_of_unequal_rows(page: Page) -> Messy:
    """A CSV file with rows that are too long or too short."""
    page.header(plain(page))
    page.records(page.rng.randint(5, 20))
    for row in page.rng.sample(page.rows, 2):
        page.cells[row, page.left + len(page.columns)] = "x"
        page.cells.pop((row, page.left + len(page.columns) - 1), None)
    page.close()
    return page.done("14", csv="utf-8-sig")


def csv_with_title_and_total(page: Page) -> Messy:
    """A CSV file in GB18030 with title, total and signatures."""
    page.lang = "zh"
    page.line("title", {0: "2026年客户销售汇总"})
    page.skip(0, 1)
    page.header(plain(page, *MONEY))
    page.records(page.rng.randint(4, 20))
    page.total("合计")
    page.line("signature", {0: "制表：张敏", 2: "复核：陈杰"})
    page.close()
    return page.done("1, 9, 14", csv="gb18030")


def report_of_another_program(page: Page) -> Messy:
    """A report of another program: its title and filters above, a total and a copyright below."""
    page.lang = "en"
    page.line("title", {0: "Customers by region"})
    page.line("note", {0: "As of", 1: "2026-03-05 09:12"})
    page.line("note", {0: "Filters:", 1: "Owner equals all"})
    page.skip(1, 2)
    page.header(plain(page, *MONEY))
    page.records(page.rng.randint(4, 20))
    page.total("Grand Total")
    page.skip()
    page.line("note", {0: "Copyright (c) Example Inc. Confidential - do not distribute."})
    page.close()
    return page.done("1, 2, 9", csv="utf-8")


def numbered_rows_and_merged_total(page: Page) -> Messy:
    """Numbered rows, and a total merged over the first columns."""
    title_line(page, 5)
    page.header(page.wanted("serial", "name", "phone", "total_amount", "deal_count"))
    page.records(page.rng.randint(4, 20))
    page.total(page.say("合 计", "TOTAL"), merged=3)
    signatures(page)
    page.close()
    return page.done("1, 9")


def formulas_and_errors(page: Page) -> Messy:
    """Formulas without results, and an error value."""
    page.header(plain(page, *MONEY))
    page.records(page.rng.randint(6, 15))
    for row in page.rng.sample(page.rows, 3):
        page.cells[row, page.left + 3] = Formula(f"ROUND({row}*1.5,2)", None)
    page.cells[page.rows[-1], page.left + 3] = CellError("#N/A")
    page.close()
    return page.done("17")


def remarks_far_below(page: Page) -> Messy:
    """A remark and signatures far below the records."""
    page.header(plain(page))
    page.records(page.rng.randint(4, 20))
    page.skip(12, 40)
    page.line("note", {0: page.say("说明：以上数据截至2026年3月", "Notes: as of March 2026")})
    signatures(page)
    page.close()
    return page.done("9, 10")


def template_rows_below_the_header(page: Page) -> Messy:
    """What must be filled in and an example, below the header."""
    title_line(page)
    page.header(plain(page))
    page.line(
        "note",
        dict(
            enumerate(
                page.say(
                    "必填 选填 必填 选填 选填 选填", "required optional required optional optional optional"
                ).split(" ")
            )
        ),
    )
    page.line("example", {0: page.say("例：华星科技有限公司", "e.g. Acme Ltd"), 2: "13800000000"})
    page.records(page.rng.randint(3, 12))
    page.close()
    return page.done("1, 8")


def two_tables_stacked(page: Page) -> Messy:
    """Two tables below each other, each with its title."""
    page.line("title", {0: page.say("一、客户名单", "Part 1: Customers")})
    page.header(plain(page))
    page.records(page.rng.randint(3, 12))
    page.close()
    page.skip(1, 3)
    page.line("title", {0: page.say("二、销售记录", "Part 2: Sales")})
    page.header(page.wanted(*SALES, variants=False))
    page.records(page.rng.randint(3, 12))
    page.close("transactions")
    return page.done("1, 11")


def two_tables_without_titles(page: Page) -> Messy:
    """Two tables below each other, with nothing but an empty row between."""
    page.header(plain(page))
    page.records(page.rng.randint(3, 12))
    page.close()
    page.skip(1, 2)
    page.header(page.wanted(*SALES, variants=False))
    page.records(page.rng.randint(3, 12))
    page.total(page.say("合计", "Total"))
    page.close("transactions")
    return page.done("9, 11")


def two_tables_beside_each_other(page: Page) -> Messy:
    """Two tables side by side, of unequal length."""
    top = page.row
    page.header(plain(page, "name", "phone", "level"))
    page.records(page.rng.randint(3, 6))
    page.close()
    page.row, page.left = top, page.left + 4
    page.header(page.wanted("customer_name", "date", "product", "amount", variants=False))
    page.records(page.rng.randint(8, 14))
    page.close("transactions")
    return page.done("11")


def two_beside_and_one_below(page: Page) -> Messy:
    """Two tables side by side and a third one below them."""
    top = page.row
    page.header(plain(page, "name", "phone", "level"))
    page.records(5)
    page.close()
    page.row, page.left = top, 5
    page.header(page.wanted("customer_name", "date", "product", "amount", variants=False))
    page.records(9)
    page.close("transactions")
    page.skip(2, 2)
    page.left = 1
    page.header(page.wanted("customer_name", "contact", "contact_title=title", "mobile"))
    page.records(page.rng.randint(3, 6))
    page.close("contacts")
    return page.done("11")


def remark_beside(page: Page) -> Messy:
    """A remark beside the table."""
    page.header(plain(page))
    page.records(page.rng.randint(6, 15))
    page.close()
    page.cells[page.header_rows[0] + 1, page.left + len(page.columns) + 1] = page.say("红色：已流失客户", "red: lost")
    page.cells[page.header_rows[0] + 2, page.left + len(page.columns) + 1] = page.say("黄色：待回访", "yellow: to call")
    return page.done("10, 16")


def month_by_month(page: Page) -> Messy:
    """A stretch for each month, with its title, the header again and a subtotal."""
    columns = page.wanted("customer_name", "date", "product", "quantity", "amount", variants=False)
    for at, (chinese, english) in enumerate((("1月", "January"), ("2月", "February"), ("3月", "March"))):
        page.line("title", {0: page.say(chinese, english)}, width=5)
        if not at:
            page.header(columns)
        else:
            page.repeat()
        page.records(page.rng.randint(3, 8))
        page.total(page.say("小计", "Subtotal"))
    page.close("transactions")
    return page.done("1, 7, 9")
