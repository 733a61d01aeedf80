"""One customer on a page: who it is, the grade and why, what is open, what happened, and every record it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Section
from crmsheet.core.schema import TableSchema
from crmsheet.report import timeline
from crmsheet.report.promises import last_contact, promises
from crmsheet.report.promises import section as promise_section
from crmsheet.report.record import BETWEEN, Record

_GROUPS: Mapping[str, tuple[str, ...]] = {
    N_("Identity"): (
        "customer_id", "name", "short_name", "name_en", "former_names", "kind", "relation", "parent_id", "agent_id",
        "category", "industry", "source", "uscc", "id_number", "gender", "age", "birthday", "occupation", "language",
        "income", "card_last4",
    ),
    N_("Contact"): (
        "contact_name", "first_name", "last_name", "contact_title", "mobile", "phone", "email", "wechat", "wecom",
        "dingtalk", "qq", "whatsapp", "social", "website", "preferred_channel",
    ),
    N_("Location"): ("country", "province", "city", "district", "address", "postal_code"),
    N_("Commerce"): (
        "stage", "coop_status", "deal_status", "level", "potential", "tags", "motive", "preference", "decision_process",
        "currency", "credit_limit", "payment_terms", "total_amount", "deal_count", "last_deal_at",
    ),
    N_("Follow-up"): (
        "owner", "co_owners", "pool_status", "pool", "locked", "claimed_at", "recycle_at", "returned_at",
        "return_reason", "previous_owner", "last_contact_at", "next_contact_at", "suggested_next_at",
        "do_not_contact", "processing_restricted",
    ),
}  # fmt: skip
_REST = N_("Record")
"""What belongs to no group: fields of the book's own schema too."""
_GRADE_FIELDS = ("tier", "tier_reason", "tier_locked")
_GRADE = N_("Grade")
_NO_GRADE = N_("Not graded yet: `crmsheet tier {book} --write` grades every customer, with the reason.")
_OTHER = N_("Other columns")
_RELATED = N_("Related customers")
_HOW, _CUSTOMER = N_("How"), N_("Customer")
_CHILD = N_("{table} ({count:,})")
_FURTHER = N_("{count:,} older ones are not shown")

_HEAD = N_("{customer}: {facts}.")
_OWNER, _TIER = N_("owner {owner}"), N_("grade {tier}")
_NO_OWNER = N_("no owner")
_LAST, _NEVER = N_("last contact {day}"), N_("no contact on record")
_NEXT = N_("next contact {day}")
_DO_NOT_CONTACT = N_("Do not contact: the customer refused it.")
_RESTRICTED = N_("The use of this customer's personal information is restricted.")
_MERGED = N_("This record was merged; the customer goes on as {into}.")
_ARCHIVED = N_("This record was archived.")

SHOWN = 10
"""Records of each table on the page, and entries of its timeline twice as many."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of one customer.

    `owner` is the name of the owner, '' for nobody. `children` are its records by table, `related` how other customers
    are related to it (what they are to it, key and name), `into` the key and name of the survivor where it was merged.
    """

    book: str
    customer: Record
    owner: str
    children: Mapping[str, Sequence[Record]]
    related: Sequence[tuple[Text, str]]
    into: str
    today: dt.date

    @property
    def contactable(self) -> bool:
        """Whether anybody may contact the customer."""
        return not any(self.customer.values.get(each) for each in ("do_not_contact", "processing_restricted"))


def notes(page: Page) -> Iterator[Text]:
    """The customer in a sentence, and what nobody may overlook."""
    values, said = page.customer.values, page.customer.said
    status = values.get("record_status")
    if status == "merged":
        yield Message(_MERGED, {"into": page.into or "?"})
    elif status == "archived":
        yield Message(_ARCHIVED)
    if values.get("do_not_contact"):
        yield Message(_DO_NOT_CONTACT)
    if values.get("processing_restricted"):
        yield Message(_RESTRICTED)
    last = last_contact(page.customer, page.children.get("interactions", ()), page.today)
    facts: list[Text] = [Message(_TIER, {"tier": said["tier"]})] if "tier" in said else []
    facts.append(Message(_OWNER, {"owner": page.owner}) if page.owner else Message(_NO_OWNER))
    facts.append(Message(_LAST, {"day": last}) if last else Message(_NEVER))
    planned = page.customer.day("next_contact_at")
    if planned and planned >= page.today and page.contactable:
        facts.append(Message(_NEXT, {"day": planned}))
    yield Message(_HEAD, {"customer": _named(page.customer), "facts": chained(facts, BETWEEN)})


def _named(customer: Record) -> str:
    return f"{customer.key} {customer.said.get('name', '')}".strip()


def sections(page: Page) -> tuple[Section, ...]:
    """The page from the most to the least needed; what the book does not say is left out."""
    opened = [*promises(page.customer, page.children, page.today, contactable=page.contactable)]
    found = [
        *_who(page.customer),
        _grade(page),
        promise_section(opened, page.today),
        timeline.section(page.customer, page.children, 2 * SHOWN),
        _related(page),
        *(_child(records) for records in page.children.values() if records),
        _other(page.customer),
    ]
    return tuple(each for each in found if each is not None)


def _who(customer: Record) -> Iterator[Section]:
    grouped = {name for names in _GROUPS.values() for name in names}
    rest = [name for name in customer.said if name.partition("#")[0] not in grouped]
    left_out = {*_GRADE_FIELDS, "record_status", "merged_into"}
    for title, names in {**_GROUPS, _REST: tuple(dict.fromkeys(each.partition("#")[0] for each in rest))}.items():
        mine = [each for each in customer.said if each.partition("#")[0] in names]
        rows = tuple((customer.titles[each], customer.said[each]) for each in mine if each not in left_out)
        if rows:
            yield Section(Message(title), ("", ""), rows, name=_name(title))


def _name(title: str) -> str:
    return f"customer_{title.lower().replace('-', '_')}"


def _grade(page: Page) -> Section:
    customer = page.customer
    rows = tuple((customer.titles[each], customer.said[each]) for each in _GRADE_FIELDS if each in customer.said)
    note = None if "tier" in customer.said else Message(_NO_GRADE, {"book": page.book})
    return Section(Message(_GRADE), ("", ""), rows, note, name="customer_grade")


def _related(page: Page) -> Section | None:
    if not page.related:
        return None
    titles = (Message(_HOW), Message(_CUSTOMER))
    return Section(Message(_RELATED), titles, tuple(page.related), name="customer_related")


def _child(records: Sequence[Record]) -> Section:
    """The records of one table, the newest first; columns in which none of them says anything are left out."""
    schema: TableSchema = records[0].schema
    newest = sorted(records, key=lambda each: (timeline.when(each), each.row), reverse=True)[:SHOWN]
    hidden = {"customer_id", "customer_name", "record_status", "updated_at"}
    fields: dict[str, Text] = {}
    for field in schema.fields:
        for record in newest:
            for name in record.said:
                if name.partition("#")[0] == field.name and name not in hidden:
                    fields.setdefault(name, record.titles[name])
    others = list(dict.fromkeys(header for record in newest for header in record.other))
    rows = tuple(
        (*(each.said.get(name) for name in fields), *(each.other.get(header) for header in others)) for each in newest
    )
    title = Message(_CHILD, {"table": schema.labels, "count": len(records)})
    further = len(records) - len(rows)
    note = Message(_FURTHER, {"count": further}) if further else None
    return Section(title, (*fields.values(), *others), rows, note, name=schema.name)


def _other(customer: Record) -> Section | None:
    rows: tuple[tuple[Any, ...], ...] = tuple(customer.other.items())
    return Section(Message(_OTHER), ("", ""), rows, name="customer_other") if rows else None
