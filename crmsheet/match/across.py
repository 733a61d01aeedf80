"""Leads and contacts that are customers already: the customers beside the other tables of people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmsheet.core.book import Table
from crmsheet.core.context import Context
from crmsheet.core.findings import Finding, Findings, Severity
from crmsheet.core.messages import N_, Labels, Message
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import Schema
from crmsheet.engine import Engine
from crmsheet.engine.relations import RETIRED
from crmsheet.match.decisions import Decided
from crmsheet.match.duplicates import Matches, match
from crmsheet.match.evidence import Reasons, for_and_against
from crmsheet.match.listing import columns_of, comparables, listed
from crmsheet.match.prepared import prepare
from crmsheet.match.verdicts import called
from crmsheet.match.weights import weights

SURE = RuleCard(
    "CRM312",
    Severity.warning,
    N_("A lead or contact that is a customer already"),
    """
        **What** A lead that has not been converted, or a contact of somebody else, that is one of the customers beyond
        reasonable doubt.

        **Why** Somebody courts as new whom a colleague looks after already, and what was talked about stands in two
        places.

        **Bad** The lead `北京华信科技` with the mobile number of the customer `北京华信科技有限公司`.

        **Good** The lead names the customer in `转化客户编号` (converted customer ID).

        **crmsheet** `crmsheet dedupe` lists them with the evidence. It merges nothing across tables.
        """,
)
REVIEW = RuleCard(
    "CRM313",
    Severity.info,
    N_("A lead or contact that may be a customer already"),
    """
        **What** A lead that has not been converted, or a contact of somebody else, that may be one of the customers:
        some things agree, others differ or are missing.

        **Why** It is cheaper to look before the first call than to explain it afterwards.

        **Bad** The lead `华信科技` in the same city as the customer `北京华信科技有限公司`.

        **Good** A number or a full name that settles it.

        **crmsheet** `crmsheet dedupe` lists them with what speaks for and against it.
        """,
)
RULES = (SURE, REVIEW)
TABLES = ("leads", "contacts")
_TELLING = ("mobile", "phone", "email", "wechat", "qq", "id_number")
_TELLS = r"(?:\d\D?){6}|@|[A-Za-z]{3}"
"""What a cell has that tells people apart; "same as the mobile" has not."""
_DONE = ("converted", "invalid")
"""Codes of a lead's status after which nobody courts it any more."""

_SAID = {
    ("leads", "sure"): N_(
        "the lead {lead} is the customer {customer} already ({evidence}); write {number} into {column}"
    ),
    ("leads", "review"): N_(
        "the lead {lead} may be the customer {customer} ({evidence}); if it is, write {number} into {column}"
    ),
    ("contacts", "sure"): N_("the contact {lead} is the customer {customer} as well ({evidence})"),
    ("contacts", "review"): N_("the contact {lead} may be the customer {customer} as well ({evidence})"),
}
_RECORD = N_("{key} (row {row})")
_KEYLESS = N_("in row {row}")
_CUSTOMER = N_("{key} {name}")


@dataclass(frozen=True, slots=True)
class Met:
    """A row of another table and the customer that it is, or may be: sheet rows, and what speaks for and against it."""

    table: str
    row: int
    customer: int
    band: str
    weight: float
    reasons: Reasons


def meetings(engine: Engine, tables: Mapping[str, Table], schema: Schema, context: Context) -> tuple[Met, ...]:
    """For each lead and contact the customer that it most likely is, where it is likely; sure ones first."""
    others = {name: tables[name] for name in TABLES if name in tables}
    customers = tables.get("customers")
    if customers is None or not any(len(_open(each)) for each in others.values()):
        return ()
    words = comparables(schema)
    frames = {
        name: listed(table, words, columns_of(table, words, {}), context).loc[_open(table)]
        for name, table in {"customers": customers, **others}.items()
    }
    ours = frames["customers"]
    found: list[Met] = []
    if "leads" in frames:
        firms, people = _by_company(frames["leads"])
        found += _met(engine, ours, "leads", firms)
        found += _met(engine, _by_contact(ours), "leads", people)
    if "contacts" in frames:
        people = _people(ours)
        found += _met(engine, people, "contacts", _sharing(frames["contacts"], people).assign(kind="person"))
    return tuple(_best(found, customers, tables))


def _open(table: Table) -> list[int]:
    """The rows that take part: not retired, and of the leads those that nobody has settled."""
    rows = pd.Series(True, table.values.index)
    if (status := table.values.get("record_status")) is not None:
        rows &= ~status.isin(RETIRED)
    if table.name == "leads":
        if (status := table.values.get("status")) is not None:
            rows &= ~status.isin(_DONE)
        if (customer := table.values.get("converted_customer_id")) is not None:
            rows &= customer.isna()
    return [int(row) for row in rows.index[rows]]


def _by_company(leads: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leads as the company that they speak for, with the person as its contact; and the leads without a company."""
    if "company" not in leads:
        return leads.iloc[:0], leads
    of_firm = leads["company"].notna()
    firms = leads[of_firm].drop(columns=["given_name", "surname", "company"], errors="ignore")
    person = {"contact_name": firms["name"]} if "name" in firms else {}
    return firms.assign(**person).assign(name=leads.loc[of_firm, "company"]), leads[~of_firm]


def _people(customers: pd.DataFrame) -> pd.DataFrame:
    """The customers who may be people."""
    return customers[customers["kind"].fillna("") != "company"] if "kind" in customers else customers


def _by_contact(customers: pd.DataFrame) -> pd.DataFrame:
    """The customers as the people whom one talks to."""
    if "contact_name" not in customers:
        return customers
    names = customers["contact_name"]
    people = customers.drop(columns=["contact_name", "kind"], errors="ignore")
    return people.assign(name=names.where(names.notna(), customers["name"]) if "name" in customers else names)


def _sharing(contacts: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """The contacts that share a number or mailbox with somebody: comparing all would cost more than the rest find."""
    shared = pd.Series(False, contacts.index)
    for name in _TELLING:
        if name in contacts and name in people:
            known = people[name][people[name].astype("str").str.contains(_TELLS, na=False)]
            shared |= contacts[name].isin(known)
    return contacts[shared]


def _met(engine: Engine, ours: pd.DataFrame, name: str, others: pd.DataFrame) -> Iterator[Met]:
    """The pairs of a customer and a row of another table.

    A contact is a person, and so is the customer that it is; that two people are called the same is no news of one
    who works for somebody else.
    """
    if not len(ours) or not len(others):
        return
    values = pd.concat([ours, others], ignore_index=True)
    side = np.repeat([0, 1], [len(ours), len(others)])
    matches = match(engine, prepare(values, [""] * len(values), side), weights(), Decided(), across=True)
    columns = (matches.pairs[each].tolist() for each in ("left_row", "right_row", "band", "weight"))
    mine, theirs = ours.index.tolist(), others.index.tolist()
    for place, (left, right, band, weight) in enumerate(zip(*columns, strict=True)):
        if name != "contacts" or (matches.scored.people[place] and _more_than_name(matches, place)):
            row = int(theirs[right - len(ours)])
            yield Met(name, row, int(mine[left]), band, weight, for_and_against(matches, place))


def _more_than_name(matches: Matches, pair: int) -> bool:
    """Whether anything but the name speaks for a pair."""
    return any(bits[pair] > 0 for name, bits in matches.scored.bits.items() if name != "name")


def _best(found: Sequence[Met], customers: Table, tables: Mapping[str, Table]) -> Iterator[Met]:
    """The likeliest customer of each row; its own customer is no news."""
    keys = customers.keys()
    own = {
        name: tables[name].values["customer_id"].astype("str").to_dict() if "customer_id" in tables[name].values else {}
        for name in TABLES
        if name in tables
    }
    told: set[tuple[str, int]] = set()
    for each in sorted(found, key=lambda met: (met.band != "sure", -met.weight, met.table, met.row, met.customer)):
        theirs = own[each.table].get(each.row)
        mine = keys.at[each.customer]
        if (each.table, each.row) not in told and not (mine and theirs == mine):
            told.add((each.table, each.row))
            yield each


def findings(met: Sequence[Met], tables: Mapping[str, Table], schema: Schema) -> Findings:
    """CRM312 for each lead or contact that is a customer, CRM313 for each that may be one."""
    known = names(met, tables)
    return Findings.of(_finding(each, tables[each.table], known, schema) for each in met)


def names(met: Sequence[Met], tables: Mapping[str, Table]) -> Mapping[str, Mapping[int, tuple[str, str]]]:
    """Table -> key and name of each of its rows that was met."""
    rows: dict[str, set[int]] = {"customers": {each.customer for each in met}}
    for each in met:
        rows.setdefault(each.table, set()).add(each.row)
    return {name: called(tables[name], sorted(mine)) for name, mine in rows.items()}


def _finding(met: Met, table: Table, known: Mapping[str, Mapping[int, tuple[str, str]]], schema: Schema) -> Finding:
    card = SURE if met.band == "sure" else REVIEW
    key, name = known[met.table][met.row]
    number, customer = known["customers"][met.customer]
    return Finding(
        rule=card.code,
        severity=card.severity,
        table=table.name,
        sheet=table.sheet,
        key=key,
        row=met.row,
        column=table.columns.get("name", ""),
        field="name",
        value=name,
        message=_SAID[met.table, met.band],
        arguments={
            # The name of a person is in `value`, where it is masked.
            "lead": Message(_RECORD if key else _KEYLESS, {"key": key, "row": table.row_name(met.row)}),
            "customer": Message(_CUSTOMER, {"key": number, "name": customer}),
            "evidence": met.reasons.text,
            "number": Message("{number}", {"number": number}),
            "column": Message("{column}", {"column": _converted(table, schema)}),
        },
    )


def _converted(table: Table, schema: Schema) -> Labels | str:
    """The column of a lead that names its customer: as the sheet calls it, else as the schema does."""
    letters = table.columns.get("converted_customer_id", "")
    known = schema.tables[table.name]
    if letters in table.headers or "converted_customer_id" not in known:
        return table.headers.get(letters, "")
    return known["converted_customer_id"].labels
