"""A clean world: customers with their duplicates, contacts, deals, talks, chances and staff, before anything is spoilt.

Records are dicts of field name to cell; money is heavy-tailed (lognormal size per customer), so a fifth of the customers
brings most of the revenue, as in life.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import Any, TypeAlias

from crmsheet.sample.language import Language, Name, Place

Record: TypeAlias = dict[str, Any]
YEARS = 3
"""How far back a book reaches, in years."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the world is and what day it is; `twins` is the share of rows that are a second entry of a customer."""

    customers: int
    transactions: int
    interactions: int
    today: dt.date
    twins: float = 0.04
    shared: float = 0.02
    number_keys: bool = False
    full: bool = True


@dataclass(frozen=True, slots=True)
class World:
    """Records per table; a customer's `_twin` is the number of the person or firm that the row stands for."""

    tables: dict[str, list[Record]] = field(default_factory=dict)
    clusters: tuple[tuple[int, ...], ...] = ()
    shared: tuple[tuple[int, ...], ...] = ()


class _Unique:
    """Numbers and addresses that nobody else has: a chance double would make the truth about duplicates false."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def draw(self, make: Any, *arguments: Any) -> str:
        while (value := make(*arguments)) in self.taken:
            pass
        self.taken.add(value)
        return str(value)


def build(rng: Random, language: Language, plan: Plan) -> World:
    """The world of a plan; the same `rng` state gives the same world on every machine."""
    sellers = language.staff[:6] if plan.customers >= 60 else language.staff[:3]
    owners = tuple(name for name, _ in sellers)
    twins = int(plan.customers * plan.twins)
    unique = _Unique()
    people = [_customer(rng, language, plan, unique, owners, n) for n in range(plan.customers - twins)]
    _share_lines(rng, people, int(plan.customers * plan.shared))
    rows = people + list(_second_entries(rng, language, plan, people, owners, twins))
    rows.sort(key=lambda each: (each["created_at"], each["_twin"]))
    _number(rows, plan)
    world = World({"customers": rows}, _groups(rows, "_twin"), _groups(rows, "_line"))
    world.tables["transactions"] = _transactions(rng, language, plan, rows)
    world.tables["interactions"] = _interactions(rng, language, plan, rows)
    if plan.full:
        world.tables["contacts"] = _contacts(rng, language, unique, rows)
        world.tables["opportunities"] = _opportunities(rng, language, plan, rows)
        world.tables["staff"] = _staff(rng, language, unique, sellers)
    _sums(rng, plan, world)
    return world


def _customer(rng: Random, language: Language, plan: Plan, unique: _Unique, owners: tuple[str, ...], n: int) -> Record:
    place = rng.choices(language.places, cum_weights=tuple(accumulate(language.place_weights)))[0]
    choices = language.choices
    person = language.person(rng)
    private = rng.random() < 0.15
    name = person if private else language.company(rng, place)
    # Two firms of one name would be indistinguishable: the place makes them branches of one another.
    full = name.full if private else unique.draw(_named, rng, language, place, name)
    domain = "mail.example.com" if private else f"{name.latin}.example.com"
    created = plan.today - dt.timedelta(days=int(rng.random() * 365 * YEARS) + 1)
    record: Record = {
        "_twin": n, "_place": place, "_size": rng.lognormvariate(0, 1.4), "_line": -1 - n,
        "name": full, "kind": choices["kind"][private], "relation": _skewed(rng, choices["relation"], 5),
        "industry": rng.choice(choices["industry"]), "source": _skewed(rng, choices["source"], 1.6),
        "owner": rng.choice(owners), "stage": rng.choice(choices["stage"]),
        "level": _skewed(rng, choices["level"], 1.5) if rng.random() < 0.7 else None,
        "contact_name": person.full, "contact_title": None if private else rng.choice(choices["contact_title"]),
        "mobile": unique.draw(language.mobile, rng, place) if rng.random() < 0.94 else None,
        "phone": unique.draw(language.landline, rng, place) if not private and rng.random() < 0.6 else None,
        "email": unique.draw(_address_of, rng, person, domain) if rng.random() < 0.8 else None,
        "wechat": f"wx_{person.latin.replace('.', '')}{rng.randrange(1000):03d}" if rng.random() < 0.5 else None,
        "province": place.province, "city": place.city, "address": language.address(rng, place),
        "uscc": (language.identifier(rng, place) or None) if not private and rng.random() < 0.6 else None,
        "credit_limit": None if private else rng.choice((None, 20000, 50000, 100000, 120000, 200000, 300000)),
        "tags": ("、" if language.code == "zh" else "; ").join(rng.sample(choices["tags"], rng.randrange(1, 3))) if rng.random() < 0.4 else None,
        "created_at": created, "last_contact_at": None, "next_contact_at": None,
        "booth": f"{rng.choice('ABCDE')}{rng.randrange(1, 60):02d}" if rng.random() < 0.3 else None,
        "notes": rng.choice(language.templates["notes"]) if rng.random() < 0.35 else None,
    }  # fmt: skip
    return record


def _named(rng: Random, language: Language, place: Place, first: Name) -> str:
    """The first name drawn or, asked again because it is taken, another one."""
    return first.full if rng.random() < 0.9 else language.company(rng, place).full


def _address_of(rng: Random, person: Name, domain: str) -> str:
    return f"{person.latin}{rng.randrange(100) if rng.random() < 0.5 else rng.randrange(100, 10000)}@{domain}"


def _skewed(rng: Random, words: tuple[str, ...], power: float) -> str:
    """One of the words, the first ones oftener: the higher the power, the more so."""
    return words[int(rng.random() ** power * len(words))]


def _share_lines(rng: Random, people: list[Record], count: int) -> None:
    """Households and offices: different customers on one landline. They are traps, not duplicates."""
    firms = [each for each in people if each["phone"]]
    for _ in range(count // 2 if len(firms) > 3 else 0):
        first, second = rng.sample(firms, 2)
        second["phone"], second["address"] = first["phone"], first["address"]
        second["province"], second["city"] = first["province"], first["city"]
        second["_line"] = first["_line"]


def _second_entries(
    rng: Random, language: Language, plan: Plan, people: list[Record], owners: tuple[str, ...], count: int
) -> Iterator[Record]:
    """Customers entered again, later and mostly by somebody else; how the name was spelled then is `_variant`'s business."""
    reachable = [each for each in people if each["mobile"] or each["email"]]
    for first in (rng.choice(reachable) for _ in range(count if reachable else 0)):
        again = dict(first)
        again["_again"] = True
        days = (plan.today - first["created_at"]).days
        again["created_at"] = first["created_at"] + dt.timedelta(days=rng.randrange(days))
        again["owner"] = rng.choice([each for each in owners if each != first["owner"]])
        again["name"] = _variant(rng, language, first)
        draw = rng.random()
        if draw < 0.25 and first["mobile"]:
            again["email"] = None
        elif draw < 0.45 and first["email"]:
            again["mobile"] = None
        again.update(wechat=None if rng.random() < 0.5 else first["wechat"], notes=None, level=None, tags=None, booth=None)
        again["uscc"] = None if rng.random() < 0.7 else first["uscc"]
        again["phone"] = None if rng.random() < 0.5 else first["phone"]
        again["credit_limit"] = None
        yield again


def _variant(rng: Random, language: Language, first: Record) -> str:
    """The name as a colleague types it: as it is, legal form or brackets changed, shortened, or with a slip."""
    name: str = first["name"]
    swaps = (
        (("有限公司", "有限责任公司"), ("（", "("), ("）", ")"), ("有限公司", ""), ("科技", ""))
        if language.code == "zh"
        else ((", Inc.", " Inc"), (", LLC", ""), (", Corp.", " Corporation"), (", Co.", " Company"), (", Ltd.", " Limited"))
    )
    draw = rng.random()
    if draw < 0.3:
        return name
    if draw < 0.75 and first["kind"] == language.choices["kind"][0]:
        for old, new in swaps:
            if old in name and rng.random() < 0.8:
                name = name.replace(old, new)
                break
        return name
    if len(name) < 5:
        return name
    at = rng.randrange(1, len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _number(rows: list[Record], plan: Plan) -> None:
    """Keys in the order of entry: C00001 ... or 1001 ..."""
    width = max(5, len(str(len(rows))))
    for n, row in enumerate(rows, 1):
        row["customer_id"] = 1000 + n if plan.number_keys else f"C{n:0{width}d}"


def _groups(rows: list[Record], mark: str) -> tuple[tuple[int, ...], ...]:
    """Positions of rows that carry the same mark, where there are two or more of different customers or entries."""
    found: dict[int, list[int]] = {}
    for position, row in enumerate(rows):
        if mark == "_twin" or not row.get("_again"):
            found.setdefault(row[mark], []).append(position)
    return tuple(tuple(each) for each in found.values() if len(each) > 1)


def _buyers(rng: Random, rows: list[Record], count: int, bent: float) -> list[Record]:
    """`count` draws of customers by size (a power of it); about a third of them never come up."""
    weights = list(accumulate(row["_size"] ** bent if rng.random() < 0.68 else 0.0 for row in rows))
    if not weights or weights[-1] <= 0:
        return []
    return [rows[min(bisect(weights, rng.random() * weights[-1]), len(rows) - 1)] for _ in range(count)]


def _day_between(rng: Random, first: dt.date, last: dt.date) -> dt.date:
    """A day of the span, later ones a little oftener."""
    return first + dt.timedelta(days=int(max((last - first).days, 0) * rng.random() ** 0.7))


def _transactions(rng: Random, language: Language, plan: Plan, rows: list[Record]) -> list[Record]:
    kinds, records = language.choices["transaction_kind"], []
    for buyer in _buyers(rng, rows, plan.transactions, 0.5):
        product, unit, price = rng.choice(language.products)
        quantity = max(1, min(500, round(buyer["_size"] * rng.lognormvariate(0, 0.6) * 4)))
        given_back = rng.random() < 0.02
        unit_price = round(price * rng.choice((0.85, 0.9, 0.95, 1, 1)), 2)
        day = _day_between(rng, buyer["created_at"], plan.today)
        records.append({
            "customer_id": buyer["customer_id"], "_buyer": buyer, "date": day, "product": product, "unit": unit,
            "kind": kinds[2] if given_back else kinds[rng.random() < 0.15], "quantity": quantity, "unit_price": unit_price,
            "amount": round((-unit_price if given_back else unit_price) * quantity, 2), "owner": buyer["owner"], "notes": None,
        })  # fmt: skip
    records.sort(key=lambda each: each["date"])
    for n, record in enumerate(records, 1):
        record["transaction_id"] = f"T{n:06d}"
    return records


def _interactions(rng: Random, language: Language, plan: Plan, rows: list[Record]) -> list[Record]:
    words, records = language.templates, []
    for buyer in _buyers(rng, rows, plan.interactions, 0.3):
        day = _day_between(rng, max(buyer["created_at"], plan.today - dt.timedelta(days=540)), plan.today)
        moment = dt.datetime(day.year, day.month, day.day, rng.randrange(9, 18), rng.choice((0, 10, 15, 30, 40, 45)))
        summary = rng.choice(words["summary"]).replace("{product}", rng.choice(language.products)[0])
        records.append({
            "customer_id": buyer["customer_id"], "_buyer": buyer, "at": moment, "owner": buyer["owner"], "summary": summary,
            "channel": _skewed(rng, language.choices["channel"], 1.5), "outcome": rng.choice(words["outcome"]),
            "next_step": rng.choice(words["next_step"]) or None, "next_contact_at": None,
        })  # fmt: skip
    records.sort(key=lambda each: each["at"])
    for n, record in enumerate(records, 1):
        record["interaction_id"] = f"F{n:06d}"
        if record["next_step"] and rng.random() < 0.5:
            record["next_contact_at"] = record["at"].date() + dt.timedelta(days=rng.randrange(3, 30))
    return records


def _contacts(rng: Random, language: Language, unique: _Unique, rows: list[Record]) -> list[Record]:
    records, (yes, no) = [], language.choices["bool"]
    for row in rows:
        if row["kind"] != language.choices["kind"][0] or row.get("_again") or rng.random() > 0.5:
            continue
        other = language.person(rng)
        domain = row["email"].partition("@")[2] if row["email"] else "mail.example.com"
        for name, mobile, mail, first in (
            (row["contact_name"], row["mobile"], row["email"], True),
            (other.full, unique.draw(language.mobile, rng, row["_place"]), unique.draw(_address_of, rng, other, domain), False),
        ):
            records.append({
                "customer_id": row["customer_id"], "_buyer": row, "name": name, "title": rng.choice(language.choices["contact_title"]),
                "decision_role": rng.choice(language.choices["decision_role"]), "mobile": mobile, "email": mail,
                "is_primary": yes if first else no, "contact_id": f"P{len(records) + 1:05d}",
            })  # fmt: skip
    return records


def _opportunities(rng: Random, language: Language, plan: Plan, rows: list[Record]) -> list[Record]:
    records = []
    for n in range(1, len(rows) // 4 + 1):
        row, (product, _, price) = rng.choice(rows), rng.choice(language.products)
        records.append({
            "opportunity_id": f"O{n:05d}", "customer_id": row["customer_id"], "_buyer": row, "owner": row["owner"],
            "name": rng.choice(language.templates["opportunity"]).replace("{product}", product),
            "amount": price * rng.randrange(2, 40), "stage": rng.choice(language.choices["opportunity_stage"]),
            "probability": rng.choice((0.1, 0.3, 0.5, 0.7, 0.9)),
            "expected_close": plan.today + dt.timedelta(days=rng.randrange(-20, 120)),
        })  # fmt: skip
    return records


def _staff(rng: Random, language: Language, unique: _Unique, sellers: tuple[tuple[str, str], ...]) -> list[Record]:
    roles, (yes, no) = language.choices["staff_role"], language.choices["bool"]
    return [
        {
            "staff_id": f"S{n:02d}", "name": name, "role": roles[2] if n == 1 else roles[0], "email": f"{latin}@ourfirm.example.com",
            "mobile": unique.draw(language.mobile, rng, language.places[0]), "active": no if n == len(sellers) else yes,
        }
        for n, (name, latin) in enumerate(sellers, 1)
    ]  # fmt: skip


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
