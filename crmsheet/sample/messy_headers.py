"""Messy layouts of what is above the records: titles, instructions, headers of all kinds."""

from __future__ import annotations

from dataclasses import replace

from crmsheet.sample.messy import Column, Messy, Page
from crmsheet.sample.messy_parts import PLAIN, grouped, plain, signatures, title_line


def title_above(page: Page) -> Messy:
    """A title in the row above the header, mostly merged."""
    title_line(page)
    page.header(plain(page))
    page.records(page.rng.randint(5, 30))
    page.close()
    return page.done("1")


def notice_that_names_the_labels(page: Page) -> Messy:
    """A notice in row 1 that names the labels, as in the template of a Chinese CRM; marks in the headers."""
    page.lang = "zh"
    rules = (
        "注意事项：",
        "1、*客户名称为必填；",
        "2、手机、电话为数字；",
        "3、下次跟进时间格式为2020-2-1；",
        "4、负责人请填员工姓名",
    )
    page.line("note", {0: "\n".join(rules)}, width=5)
    columns = page.wanted("name", "mobile", "phone", "owner", "next_contact_at", variants=False)
    columns = (
        replace(columns[0], header="*客户名称"),
        *columns[1:4],
        replace(columns[4], header="下次跟进时间-例:2020-2-1"),
    )
    page.header(columns)
    page.records(page.rng.randint(1, 20))
    page.close()
    return page.done("2")


def blank_rows_above(page: Page) -> Messy:
    """A title, empty rows, then the header in row 4 to 7."""
    title_line(page)
    page.skip(2, 5)
    page.header(plain(page))
    page.records(page.rng.randint(3, 20))
    page.close()
    return page.done("3")


def instructions_line_by_line(page: Page) -> Messy:
    """Instructions above the header, a line for each column."""
    page.line("note", {0: page.say("填写说明", "How to fill in this sheet")})
    for chinese, english in (
        ("客户名称：必填，与营业执照一致", "Customer name: required, as on the licence"),
        ("手机：11 位数字", "Mobile: digits only"),
        ("客户级别：A、B、C 三级", "Customer level: A, B or C"),
    ):
        page.line("note", {0: page.say(chinese, english)})
    page.skip(0, 1)
    page.header(plain(page))
    page.records(page.rng.randint(3, 20))
    page.close()
    return page.done("2, 3")


def two_row_header(page: Page) -> Messy:
    """A two-row header with merged groups."""
    page.header(grouped(page))
    page.records(page.rng.randint(4, 25))
    page.close()
    return page.done("4")


def two_row_header_without_merged_cells(page: Page) -> Messy:
    """A two-row header whose groups are only written once."""
    page.header(grouped(page), merged=False)
    page.records(page.rng.randint(4, 25))
    page.close()
    return page.done("4")


def three_row_header(page: Page) -> Messy:
    """A three-row header with groups of groups."""
    basic, ways = page.say("客户信息", "Customer information"), page.say("联系方式", "Contact details")
    people, money = page.say("联系人", "Contact"), page.say("成交情况", "Sales")
    page.header(
        (
            *page.wanted("customer_id", "name", groups=(basic,)),
            Column("contact_name", page.say("姓名", "Name"), "contact_name", (ways, people)),
            Column("mobile", page.say("手机", "Mobile"), "mobile", (ways, people)),
            *page.wanted("email", groups=(ways,), variants=False),
            *page.wanted("total_amount", "deal_count", groups=(money,), variants=False),
        )
    )
    page.records(page.rng.randint(4, 25))
    page.close()
    return page.done("4")


def everything_at_once(page: Page) -> Messy:
    """A title, a two-row header, merged records, a total and signatures."""
    title_line(page, 7)
    page.header((*grouped(page)[:-1], *page.wanted("total_amount")))
    page.records(page.rng.randint(4, 20))
    page.cover("owner", page.rows[: page.rng.randint(2, 4)])
    page.total(page.say("合计", "Total"))
    signatures(page)
    page.close()
    return page.done("1, 4, 5, 9")


def company_merged_down(page: Page) -> Messy:
    """The company merged down over its contacts."""
    page.header(page.wanted("customer_name", "contact", "contact_title=title", "mobile", "email"))
    for _ in range(page.rng.randint(3, 8)):
        count = page.rng.randint(1, 4)
        page.records(count)
        page.cover("customer_name", page.rows[-count:])
    page.close("contacts")
    return page.done("5")


def several_columns_merged_down(page: Page) -> Messy:
    """Number, company and owner merged down over the contacts."""
    title_line(page)
    page.header(page.wanted("serial", "customer_name", "owner", "contact", "mobile", "email"))
    for _ in range(page.rng.randint(3, 8)):
        count = page.rng.randint(2, 3)
        page.records(count)
        for what in ("serial", "customer_name", "owner"):
            page.cover(what, page.rows[-count:])
    page.close("contacts")
    return page.done("1, 5")


def header_variants(page: Page) -> Messy:
    """Headers with marks of obligation, spaces, line breaks and colons."""
    marks = page.rng.sample(("*{}", "{}（必填）", "【必填】{}", "{}：", " {} ", "{}\n"), 4)
    columns = [
        replace(each, header=m.format(each.header))
        for each, m in zip(page.wanted(*PLAIN), marks + ["{}"] * 2, strict=True)
    ]
    if page.lang == "zh":
        columns[-1] = replace(columns[-1], header="负 责\n人")
    page.header(columns)
    page.records(page.rng.randint(3, 20))
    page.close()
    return page.done("6")


def not_in_the_corner(page: Page) -> Messy:
    """A table that begins in the middle of the sheet."""
    page.left = page.rng.randint(2, 5)
    page.skip(1, 6)
    page.header(plain(page))
    page.records(page.rng.randint(4, 20))
    page.close()
    return page.done("3, 10")


def the_same_header_twice(page: Page) -> Messy:
    """Two columns of the same header."""
    first, second = page.wanted("phone", "phone=", variants=False)
    page.header((*plain(page, "name"), first, second, *page.wanted("owner")))
    page.records(page.rng.randint(4, 20))
    page.close()
    return page.done("13")


def columns_without_header(page: Page) -> Messy:
    """Columns without a header."""
    columns = list(plain(page))
    columns.insert(2, Column("city", "", ""))
    columns.append(Column("notes", "", ""))
    page.header(columns)
    page.records(page.rng.randint(6, 20))
    page.close()
    return page.done("13")


def numbered_headers(page: Page) -> Messy:
    """Numbered headers of two contacts."""
    person, call = page.say("联系人|电话", "Contact|Phone").split("|")
    parts = [
        Column(what, f"{text}{n}", f"{what}{f'#{n}' if n > 1 else ''}")
        for n in (1, 2)
        for what, text in (("contact_name", person), ("phone", call))
    ]
    page.header((*page.wanted("name", variants=False), *parts, *page.wanted("notes")))
    page.records(page.rng.randint(4, 20))
    page.close()
    return page.done("13")


def inflated_range(page: Page) -> Messy:
    """A used range that reaches to the last cell of the sheet."""
    page.header(plain(page, "name", "mobile", "level"))
    page.records(6)
    page.close()
    page.cells[1_048_576, 16_384] = " "
    return page.done("15")


def two_languages_in_a_header(page: Page) -> Messy:
    """Headers in two languages at once."""
    words = (
        ("name", "客户名称\nCustomer name"),
        ("contact_name", "联系人 Contact"),
        ("mobile", "手机\nMobile"),
        ("email", "邮箱 Email"),
    )
    page.header([Column(what, text, what) for what, text in words])
    page.records(page.rng.randint(4, 20))
    page.close()
    return page.done("6")


def years_under_a_group(page: Page) -> Messy:
    """Years below a group of their own."""
    group = page.say("历年销售额（万元）", "Sales by year (k)")
    years = [Column("amount", f"{year}", "", (group,)) for year in (2023, 2024, 2025)]
    page.header((*plain(page, "name", "level"), *years, *page.wanted("owner")))
    page.records(page.rng.randint(4, 20))
    page.total(page.say("合计", "Total"))
    page.close()
    return page.done("4, 9")


def one_column(page: Page) -> Messy:
    """A single column below a title."""
    page.line("title", {0: page.say("重点客户", "Key accounts")})
    page.header(plain(page, "name"))
    page.records(page.rng.randint(4, 20))
    page.close()
    return page.done("1")


def spacer_columns(page: Page) -> Messy:
    """An empty column in the middle of a table."""
    columns = list(plain(page))
    columns.insert(3, Column("", "", ""))
    page.header(columns)
    page.records(page.rng.randint(6, 20))
    for row in page.rows:
        page.cells.pop((row, page.left + 3), None)
    page.close()
    return page.done("10")
