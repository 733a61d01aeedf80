"""Twenty more messy layouts, made after the reader was: how well it does on what it was not made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from crmsheet.sample.messy import Column, Layout, Messy, Page

_PEOPLE = ("name", "contact_name", "mobile", "owner", "notes")
_DEALS = ("customer_name", "date", "product", "quantity", "amount")


def title_unit_and_date_above(page: Page) -> Messy:
    """A title, a line with who made it and the unit, then the header."""
    page.line("title", {0: page.say("2026年第一季度客户成交统计表", "Customer sales, first quarter 2026")}, width=5)
    page.line("note", {0: page.say("编制单位：华星公司", "Company: Acme"), 3: page.say("单位：元", "Unit: USD")})
    page.header(page.wanted("customer_id", "name", "owner", "total_amount", "deal_count"))
    page.records(page.rng.randint(5, 20))
    page.total(page.say("合计", "Total"), merged=2)
    page.line(
        "signature",
        {0: page.say("制表人：张敏", "Prepared by: M. Hall"), 3: page.say("日期：2026-04-01", "Date: 2026-04-01")},
    )
    page.close()
    return page.done("1, 2, 9")


def groups_over_every_column(page: Page) -> Messy:
    """A two-row header whose groups cover all columns."""
    one, two = page.say("基本信息|联系方式", "Basics|Contact details").split("|")
    page.skip(0, 2)
    page.header((*page.wanted("name", "city", "level", groups=(one,)), *page.wanted("mobile", "email", groups=(two,))))
    page.records(page.rng.randint(4, 20))
    page.close()
    return page.done("4")


def grouped_header_on_every_page(page: Page) -> Messy:
    """A two-row header that is repeated, both rows of it, on each printed page."""
    people = page.say("联系人", "Contact")
    columns = (
        *page.wanted("serial", "name"),
        Column("contact_name", page.say("姓名", "Name"), "contact_name", (people,)),
        Column("mobile", page.say("手机", "Mobile"), "mobile", (people,)),
        *page.wanted("owner"),
    )
    page.header(columns)
    page.records(page.rng.randint(5, 9))
    page.line("repeated", {0: columns[0].header, 1: columns[1].header, 2: people, 4: columns[4].header})
    page.line("repeated", {2: columns[2].header, 3: columns[3].header})
    page.records(page.rng.randint(5, 9))
    page.close()
    return page.done("4, 7")


def numbered_groups(page: Page) -> Messy:
    """Two contacts beside each other, each below its numbered group."""
    first, second = page.say("联系人1|联系人2", "Contact 1|Contact 2").split("|")
    name, mobile = page.say("姓名|手机", "Name|Mobile").split("|")
    parts = [
        Column(what, text, f"{what}#2" if group == second else what, (group,))
        for group in (first, second)
        for what, text in (("contact_name", name), ("mobile", mobile))
    ]
    page.header((*page.wanted("name", "level"), *parts))
    page.records(page.rng.randint(4, 20))
    page.close()
    return page.done("4, 13")


def somebody_elses_phone(page: Page) -> Messy:
    """A group of the accountant's: its phone is not the customer's."""
    mine, theirs = page.say("联系人|财务联系人", "Contact|Finance contact").split("|")
    name, phone = page.say("姓名|电话", "Name|Phone").split("|")
    page.header(
        (
            *page.wanted("name"),
            Column("contact_name", name, "contact_name", (mine,)),
            Column("phone", phone, "phone", (mine,)),
            Column("contact_name", name, "", (theirs,)),
            Column("phone", phone, "", (theirs,)),
            *page.wanted("owner"),
        )
    )
    page.records(page.rng.randint(4, 20))
    page.close()
    return page.done("4")


def company_and_region_merged_with_subtotals(page: Page) -> Messy:
    """Owners merged down over their customers, a subtotal below each, a total at the end."""
    page.line("title", {0: page.say("客户销售明细", "Sales by owner")}, width=5)
    page.header(page.wanted("owner", "name", "phone", "total_amount", "notes"))
    for _ in range(page.rng.randint(2, 4)):
        count = page.rng.randint(2, 5)
        page.records(count)
        page.cover("owner", page.rows[-count:])
        page.total(page.say("小计", "Subtotal"), at=0)
    page.total(page.say("总计", "Grand Total"))
    page.close()
    return page.done("1, 5, 9")


def customers_above_staff_below(page: Page) -> Messy:
    """A list of customers and, some rows below, sales with title, unit and total."""
    page.header(page.wanted(*_PEOPLE))
    page.records(page.rng.randint(4, 10))
    page.close()
    page.skip(3, 8)
    page.line("title", {0: page.say("附：本月销售明细", "Appendix: sales of this month")}, width=5)
    page.header(page.wanted(*_DEALS, variants=False))
    page.line("unit", {3: page.say("件", "pcs"), 4: page.say("元", "USD")})
    page.records(page.rng.randint(4, 10))
    page.total(page.say("合计", "Total"))
    page.close("transactions")
    return page.done("1, 8, 9, 11")


def beside_each_other_at_different_heights(page: Page) -> Messy:
    """Two tables side by side whose headers are in different rows."""
    page.skip(2, 3)
    page.header(page.wanted("name", "phone", "level"))
    page.records(page.rng.randint(6, 10))
    page.close()
    page.row, page.left = 1, 6
    page.header(page.wanted(*_DEALS, variants=False))
    page.records(page.rng.randint(4, 12))
    page.close("transactions")
    page.cells[1, 1] = page.say("客户", "Customers")
    return page.done("1, 11")


def two_lists_of_the_same_kind(page: Page) -> Messy:
    """The same short list twice side by side, as people do to save paper."""
    top = page.row
    columns = page.wanted("name", "phone", "level", variants=False)
    page.header(columns)
    page.records(page.rng.randint(6, 9))
    page.close()
    page.row, page.left = top, 5
    page.header(columns)
    page.records(page.rng.randint(6, 9))
    page.close()
    return page.done("11")


def legend_above_the_table(page: Page) -> Messy:
    """What the colours mean, above the header and right of it."""
    page.line("note", {0: page.say("红色：已流失；黄色：待回访", "Red: lost; yellow: to call")})
    page.line("note", {0: page.say("请勿修改表头！", "Please do not change the header!")})
    page.skip(1, 3)
    page.left = 2
    page.header(page.wanted(*_PEOPLE))
    page.records(page.rng.randint(5, 15))
    page.close()
    return page.done("2, 3, 16")


def totals_above_the_header(page: Page) -> Messy:
    """The total stands above the header, as in sheets that grow."""
    page.line("title", {0: page.say("客户台账", "Customer ledger")}, width=5)
    page.line("total", {0: page.say("合计", "Total"), 3: 123456.0, 4: 87.0})
    page.header(page.wanted("customer_id", "name", "phone", "total_amount", "deal_count"))
    page.records(page.rng.randint(5, 20))
    page.close()
    return page.done("1, 9")


def template_with_many_empty_rows(page: Page) -> Messy:
    """A template with an example, a few rows filled in, and a serial number in every row that waits."""
    page.line(
        "note",
        {0: page.say("填写须知：带*的列必填，请勿删除本行。", "Instructions: columns with * are required.")},
        width=5,
    )
    columns = list(page.wanted("name", "contact_name", "mobile", "owner", variants=False))
    columns[0] = replace(columns[0], header="*" + columns[0].header)
    page.header(columns)
    page.line(
        "example",
        {0: page.say("（示例）华星公司", "(Example) Acme Ltd"), 1: page.say("王芳", "Ann Reed"), 2: "13800000000"},
    )
    page.records(page.rng.randint(3, 8))
    page.skip(2, 4)
    page.line("note", {0: page.say("注：如有疑问请联系市场部。", "Note: questions to the marketing team.")})
    page.close()
    return page.done("2, 6, 8, 9")


def records_far_apart(page: Page) -> Messy:
    """Every record followed by an empty row, with a total of all below."""
    page.header(page.wanted("customer_id", "name", "phone", "total_amount"))
    for _ in range(page.rng.randint(6, 12)):
        page.record()
        page.skip()
    page.total(page.say("总计", "Total"))
    page.close()
    return page.done("9, 10")


def empty_and_double_headers_with_units(page: Page) -> Messy:
    """Headers that say their unit, one twice, one without a text."""
    columns = list(page.wanted("name", "phone", "phone=", "total_amount", variants=False))
    columns[3] = replace(columns[3], header=columns[3].header + page.say("（万元）", " (k)"))
    columns.append(Column("notes", "", ""))
    page.skip(0, 3)
    page.header(columns)
    page.records(page.rng.randint(8, 20))
    page.close()
    return page.done("6, 13")


def csv_with_notes_below(page: Page) -> Messy:
    """An export with an empty line and two lines of talk below the records."""
    page.header(page.wanted(*_PEOPLE))
    page.records(page.rng.randint(5, 20))
    page.skip(1, 1)
    page.line("total", {0: page.say("共计：12 家", "Total: 12")})
    page.line(
        "note",
        {0: page.say("说明：数据由系统导出，仅供内部使用。", "Source: exported by the system, for internal use only.")},
    )
    page.close()
    return page.done("9, 14", csv="utf-8-sig")


def firms_called_total(page: Page) -> Messy:
    """Firms whose names begin or end like a total, and a total."""
    page.lang = "en"
    page.header(page.wanted("name", "phone", "city", "total_amount", variants=False))
    page.records(page.rng.randint(3, 6))
    page.record({"name": "Total Energies", "phone": "020 7946 0018", "city": "London"})
    page.record({"name": "Sum Total Ltd", "phone": "020 7946 0019", "city": "Leeds"})
    page.records(2)
    page.total("Total")
    page.close()
    return page.done("9")


def three_levels_and_everything_below(page: Page) -> Messy:
    """A three-row header with a title, a total, a remark and signatures."""
    page.line("title", {0: page.say("客户档案总表", "Master list of customers")}, width=6)
    basic, ways, people = page.say("基本信息|联系信息|联系人", "Basics|Contact details|Contact").split("|")
    page.header(
        (
            *page.wanted("customer_id", "name", groups=(basic,)),
            Column("contact_name", page.say("姓名", "Name"), "contact_name", (ways, people)),
            Column("mobile", page.say("手机", "Mobile"), "mobile", (ways, people)),
            *page.wanted("address", groups=(ways,)),
            *page.wanted("total_amount", "notes"),
        )
    )
    page.records(page.rng.randint(5, 15))
    page.total(page.say("合计", "Total"), at=1)
    page.skip(0, 1)
    page.line("note", {0: page.say("备注：以上金额含税。", "Note: amounts include tax.")})
    page.line(
        "signature", {0: page.say("制表：王芳", "Prepared by: Ann"), 4: page.say("审核：李强", "Approved by: Joe")}
    )
    page.close()
    return page.done("1, 4, 9")


def headings_of_sections(page: Page) -> Messy:
    """Records below the name of their region, which stands alone in its row, as a heading or a record."""
    page.header(page.wanted(*_PEOPLE))
    for chinese, english in (("华东区", "North"), ("华南区", "South"), ("西北区", "West")):
        page.line("title", {0: page.say(chinese, english)})
        page.records(page.rng.randint(3, 6))
    page.close()
    return page.done("11", asks="rows")


def labels_of_nobody(page: Page) -> Messy:
    """A list of phones without a header, below a title."""
    page.line("title", {0: page.say("客户电话", "Phone list")})
    page.columns = page.wanted("name", "mobile", "city")
    page.records(page.rng.randint(5, 12))
    return page.done("3", asks="header")


def companies_once_in_a_sheet(page: Page) -> Messy:
    """Companies written once for several contacts, below a title, without merged cells."""
    page.line("title", {0: page.say("客户联系人", "Contacts")}, width=4)
    page.header(page.wanted("customer_name", "contact", "mobile", "email"))
    for _ in range(page.rng.randint(3, 6)):
        count = page.rng.randint(2, 4)
        page.records(count)
        for row in page.rows[-count + 1 :]:
            page.cells.pop((row, page.left), None)
    page.close("contacts")
    return page.done("1, 5", asks="fill")


_MAKERS: tuple[Layout, ...] = (
    title_unit_and_date_above,
    groups_over_every_column,
    grouped_header_on_every_page,
    numbered_groups,
    somebody_elses_phone,
    company_and_region_merged_with_subtotals,
    customers_above_staff_below,
    beside_each_other_at_different_heights,
    two_lists_of_the_same_kind,
    legend_above_the_table,
    totals_above_the_header,
    template_with_many_empty_rows,
    records_far_apart,
    empty_and_double_headers_with_units,
    csv_with_notes_below,
    firms_called_total,
    three_levels_and_everything_below,
    headings_of_sections,
    labels_of_nobody,
    companies_once_in_a_sheet,
)

MORE_LAYOUTS: Mapping[str, Layout] = MappingProxyType({each.__name__.replace("_", " "): each for each in _MAKERS})
"""The layouts that were held out, by what is messy about them."""
