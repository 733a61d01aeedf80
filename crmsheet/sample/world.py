"""A clean world: customers with their duplicates, contacts, deals, talks, chances and staff, before anything is spoilt.

Records are dicts of field name to cell; money is heavy-tailed (lognormal size per customer), so a fifth of customers
brings most of the revenue, as in life.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from crmsheet.sample.customers import Plan, Record, Unique, make_customers, skewed
from crmsheet.sample.language import Language


@dataclass(frozen=True, slots=True)
class World:
    """Records per table, positions of customers that are one, and of those that only look like it."""

    tables: dict[str, list[Record]] = field(default_factory=dict)
    clusters: tuple[tuple[int, ...], ...] = ()
    shared: tuple[tuple[int, ...], ...] = ()


def build(rng: Random, language: Language, plan: Plan) -> World:
    """The world of a plan; the same `rng` state gives the same world on every machine."""
    sellers = language.staff[:6] if plan.customers >= 60 else language.staff[:3]
    owners = tuple(name for name, _ in sellers)
    unique = Unique()
    rows = make_customers(rng, language, plan, unique, owners)
    world = World({"customers": rows}, _groups(rows, "_twin"), _groups(rows, "_line"))
    world.tables["transactions"] = _transactions(rng, language, plan, rows)
    world.tables["interactions"] = _interactions(rng, language, plan, rows)
    if plan.full:
        world.tables["contacts"] = _contacts(rng, language, unique, rows)
        world.tables["opportunities"] = _opportunities(rng, language, plan, rows)
        world.tables["staff"] = _staff(rng, language, unique, sellers)
    _sums(rng, plan, world)
    return world


def _groups(rows: list[Record], mark: str) -> tuple[tuple[int, ...], ...]:
    """Positions of rows that carry the same mark, where there are two or more of different customers or entries."""
    found: dict[int, list[int]] = {}
    for position, row in enumerate(rows):
        if mark == "_twin" or not row.get("_again"):
            found.setdefault(row[mark], []).append(position)
    return tuple(tuple(each) for each in found.values() if len(each) > 1)


def _buyers(rng: Random, rows: list[Record], draws: int, bent: float) -> list[Record]:
    """`draws` draws of customers by size (a power of it); about a third of them never come up."""
    weights = list(accumulate(row["_size"] ** bent if rng.random() < 0.68 else 0.0 for row in rows))
    if not weights or weights[-1] <= 0:
        return []
    return [rows[min(bisect(weights, rng.random() * weights[-1]), len(rows) - 1)] for _ in range(draws)]


def _day_between(rng: Random, first: dt.date, last: dt.date) -> dt.date:
    """A day of the span, later ones a little oftener."""
    return first + dt.timedelta(days=int(max((last - first).days, 0) * rng.random() ** 0.7))


def _transactions(rng: Random, language: Language, plan: Plan, rows: list[Record]) -> list[Record]:
    kinds = language.choices["transaction_kind"]
    records: list[Record] = []
    for buyer in _buyers(rng, rows, plan.transactions, 0.5):
        product, unit, price = rng.choice(language.products)
        quantity = max(1, min(500, round(buyer["_size"] * rng.lognormvariate(0, 0.6) * 4)))
        given_back = rng.random() < 0.02
        unit_price = round(price * rng.choice((0.85, 0.9, 0.95, 1, 1)), 2)
        day = _day_between(rng, buyer["created_at"], plan.today)
        records.append(
            {
                "customer_id": buyer["customer_id"],
                "_buyer": buyer,
                "date": day,
                "product": product,
                "unit": unit,
                "kind": kinds[2] if given_back else kinds[rng.random() < 0.15],
                "quantity": quantity,
                "unit_price": unit_price,
                "amount": round((-unit_price if given_back else unit_price) * quantity, 2),
                "owner": buyer["owner"],
                "notes": None,
            }
        )
    records.sort(key=lambda each: each["date"])
    for n, record in enumerate(records, 1):
        record["transaction_id"] = f"T{n:06d}"
    return records


def _interactions(rng: Random, language: Language, plan: Plan, rows: list[Record]) -> list[Record]:
    words = language.templates
    records: list[Record] = []
    for buyer in _buyers(rng, rows, plan.interactions, 0.3):
        day = _day_between(rng, max(buyer["created_at"], plan.today - dt.timedelta(days=540)), plan.today)
        moment = dt.datetime.combine(day, dt.time(rng.randrange(9, 18), rng.choice((0, 10, 15, 30, 40, 45))))
        summary = rng.choice(words["summary"]).replace("{product}", rng.choice(language.products)[0])
        records.append(
            {
                "customer_id": buyer["customer_id"],
                "_buyer": buyer,
                "at": moment,
                "owner": buyer["owner"],
                "summary": summary,
                "channel": skewed(rng, language.choices["channel"], 1.5),
                "outcome": rng.choice(words["outcome"]),
                "next_step": rng.choice(words["next_step"]) or None,
                "next_contact_at": None,
            }
        )
    records.sort(key=lambda each: each["at"])
    for n, record in enumerate(records, 1):
        record["interaction_id"] = f"F{n:06d}"
        if record["next_step"] and rng.random() < 0.5:
            record["next_contact_at"] = record["at"].date() + dt.timedelta(days=rng.randrange(3, 30))
    return records


def _contacts(rng: Random, language: Language, unique: Unique, rows: list[Record]) -> list[Record]:
    records: list[Record] = []
    yes, no = language.choices["bool"]
    for row in rows:
        if row["kind"] != language.choices["kind"][0] or row.get("_again") or rng.random() > 0.5:
            continue
        other = language.person(rng)
        domain = row["email"].partition("@")[2] if row["email"] else "mail.example.com"
        for name, mobile, mail, first in (
            (row["contact_name"], row["mobile"], row["email"], True),
            (other.full, unique.number(language.mobile, rng, row["_place"]), unique.mail(rng, other, domain), False),
        ):
            records.append(
                {
                    "customer_id": row["customer_id"],
                    "_buyer": row,
                    "name": name,
                    "title": rng.choice(language.choices["contact_title"]),
                    "decision_role": rng.choice(language.choices["decision_role"]),
                    "mobile": mobile,
                    "email": mail,
                    "is_primary": yes if first else no,
                    "contact_id": f"P{len(records) + 1:05d}",
                }
            )
    return records


def _opportunities(rng: Random, language: Language, plan: Plan, rows: list[Record]) -> list[Record]:
    records: list[Record] = []
    for n in range(1, len(rows) // 4 + 1):
        row, (product, _, price) = rng.choice(rows), rng.choice(language.products)
        records.append(
            {
                "opportunity_id": f"O{n:05d}",
                "customer_id": row["customer_id"],
                "_buyer": row,
                "owner": row["owner"],
                "name": rng.choice(language.templates["opportunity"]).replace("{product}", product),
                "amount": price * rng.randrange(2, 40),
                "stage": rng.choice(language.choices["opportunity_stage"]),
                "probability": rng.choice((0.1, 0.3, 0.5, 0.7, 0.9)),
                "expected_close": plan.today + dt.timedelta(days=rng.randrange(-20, 120)),
            }
        )
    return records


def _staff(rng: Random, language: Language, unique: Unique, sellers: tuple[tuple[str, str], ...]) -> list[Record]:
    roles, (yes, no) = language.choices["staff_role"], language.choices["bool"]
    return [
        {
            "staff_id": f"S{n:02d}",
            "name": name,
            "role": roles[2] if n == 1 else roles[0],
            "email": f"{latin}@ourfirm.example.com",
            "mobile": unique.number(language.mobile, rng, language.places[0]),
            "active": no if n == len(sellers) else yes,
        }
        for n, (name, latin) in enumerate(sellers, 1)
    ]


def _sums(rng: Random, plan: Plan, world: World) -> None:
    """What the children say about a customer: totals, last deal and talk, and the promises of the coming weeks."""
    rows = world.tables["customers"]
    for row in rows:
        row.update(total_amount=0, deal_count=0, last_deal_at=None)
    for deal in world.tables["transactions"]:
        row = deal["_buyer"]
        row["total_amount"] = round(row["total_amount"] + deal["amount"], 2)
        row["deal_count"] += deal["amount"] > 0
        row["last_deal_at"] = deal["date"]
    for talk in world.tables["interactions"]:
        talk["_buyer"]["last_contact_at"] = talk["at"].date()
    for row in rows:
        if row["last_contact_at"] and rng.random() < 0.35:
            # A few are due today, some are late, most lie ahead.
            offset = 0 if rng.random() < 0.12 else int(rng.triangular(-21, 45, 7))
            row["next_contact_at"] = plan.today + dt.timedelta(days=offset)
