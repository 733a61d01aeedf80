"""Parts that several messy layouts have: columns, a title, signatures."""

from __future__ import annotations

from crmsheet.sample.messy import Column, Page

PLAIN = ("name", "contact_name", "mobile", "email", "level", "owner")
MONEY = ("customer_id", "name", "phone", "total_amount", "deal_count", "notes")
SALES = ("customer_name", "date", "product", "quantity", "amount")


def plain(page: Page, *names: str) -> tuple[Column, ...]:
    """Some columns of customers, in the order of a real list."""
    return page.wanted(*(names or PLAIN))


def title_line(page: Page, width: int = 6) -> None:
    """A title, merged or not."""
    text = page.say(f"华东区客户信息表 {page.rng.randint(2019, 2026)}", f"Customer list {page.rng.randint(2019, 2026)}")
    page.line("title", {0: text}, width=width if page.rng.random() < 0.7 else 0)


def signatures(page: Page) -> None:
    """Who made the list and who approved it."""
    page.line(
        "signature",
        {0: page.say("制表人：王芳", "Prepared by: A. Reed"), 3: page.say("审核人：李强", "Approved by: J. Cole")},
    )


def grouped(page: Page) -> tuple[Column, ...]:
    """Columns with those of the contact below a group."""
    people = page.say("联系人", "Contact")
    return (
        *page.wanted("name", "level"),
        Column("contact_name", page.say("姓名", "Name"), "contact_name", (people,)),
        Column("mobile", page.say("手机", "Mobile"), "mobile", (people,)),
        Column("email", page.say("邮箱", "Email"), "email", (people,)),
        *page.wanted("owner", "notes"),
    )
