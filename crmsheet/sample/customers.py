"""Made-up customers, and second entries of some of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, count
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


class Unique:
    """Numbers and names that nobody else has: a chance double would make the truth about duplicates false."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def number(self, make: Callable[[Random, Place, int], str], rng: Random, place: Place) -> str:
        """A phone number, from wider ranges the oftener one was taken."""
        return self.first(make(rng, place, attempt) for attempt in count())

    def first(self, drawn: Iterable[str]) -> str:
        """The first of endless draws that is not taken."""
        value = next(each for each in drawn if each not in self.taken)
        self.taken.add(value)
        return value

    def company(self, rng: Random, language: Language, place: Place) -> Name:
        """A firm that has no namesake."""
        while (name := language.company(rng, place)).full in self.taken:
            pass
        self.taken.add(name.full)
        return name

    def mail(self, rng: Random, person: Name, domain: str) -> str:
        """A mail address of a person."""
        return self.first(_address_of(rng, person, domain) for _ in count())


def make_customers(
    rng: Random, language: Language, plan: Plan, unique: Unique, owners: tuple[str, ...]
) -> list[Record]:
    """Customers in the order of entry, numbered; `_twin` is the number of the person or firm that a row stands for.

    Rows of different customers that a careless program takes for one have the same `_line`.
    """
    twins = int(plan.customers * plan.twins)
    people = [_customer(rng, language, plan, unique, owners, n) for n in range(plan.customers - twins)]
    _share_lines(rng, language, people, int(plan.customers * plan.shared))
    rows = people + list(_second_entries(rng, language, plan, people, owners, twins))
    rows.sort(key=lambda each: (each["created_at"], each["_twin"]))
    _number(rows, plan)
    return rows


def _customer(rng: Random, language: Language, plan: Plan, unique: Unique, owners: tuple[str, ...], n: int) -> Record:
    place = rng.choices(language.places, cum_weights=tuple(accumulate(language.place_weights)))[0]
    choices = language.choices
    person = language.person(rng)
    private = rng.random() < 0.15
    name = person if private else unique.company(rng, language, place)
    domain = "mail.example.com" if private else f"{name.latin}.example.com"
    created = plan.today - dt.timedelta(days=int(rng.random() * 365 * YEARS) + 1)
    record: Record = {
        "_twin": n,
        "_place": place,
        "_size": rng.lognormvariate(0, 1.4),
        "_line": -1 - n,
        "name": name.full,
        "kind": choices["kind"][private],
        "relation": skewed(rng, choices["relation"], 5),
        "industry": rng.choice(choices["industry"]),
        "source": skewed(rng, choices["source"], 1.6),
        "owner": rng.choice(owners),
        "stage": rng.choice(choices["stage"]),
        "level": skewed(rng, choices["level"], 1.5) if rng.random() < 0.7 else None,
        "contact_name": person.full,
        "contact_title": None if private else rng.choice(choices["contact_title"]),
        "mobile": unique.number(language.mobile, rng, place) if rng.random() < 0.94 else None,
        "phone": unique.number(language.landline, rng, place) if not private and rng.random() < 0.6 else None,
        "email": unique.mail(rng, person, domain) if rng.random() < 0.8 else None,
        "wechat": f"wx_{person.latin.replace('.', '')}{rng.randrange(1000):03d}" if rng.random() < 0.5 else None,
        "province": place.province,
        "city": place.city,
        "address": language.address(rng, place),
        "uscc": (language.identifier(rng, place) or None) if not private and rng.random() < 0.6 else None,
        "credit_limit": None if private else rng.choice((None, 20000, 50000, 100000, 120000, 200000, 300000)),
        "tags": ("、" if language.code == "zh" else "; ").join(rng.sample(choices["tags"], rng.randrange(1, 3)))
        if rng.random() < 0.4
        else None,
        "created_at": created,
        "last_contact_at": None,
        "next_contact_at": None,
        "booth": f"{rng.choice('ABCDE')}{rng.randrange(1, 60):02d}" if rng.random() < 0.3 else None,
        "notes": rng.choice(language.templates["notes"]) if rng.random() < 0.35 else None,
    }
    return record


def _address_of(rng: Random, person: Name, domain: str) -> str:
    return f"{person.latin}{rng.randrange(100) if rng.random() < 0.5 else rng.randrange(100, 10000)}@{domain}"


def skewed(rng: Random, words: tuple[str, ...], power: float) -> str:
    """One of the words, the first ones oftener: the higher the power, the more so."""
    return words[int(rng.random() ** power * len(words))]


def _share_lines(rng: Random, language: Language, people: list[Record], customers: int) -> None:
    """Traps, not duplicates: different customers on one landline, and branches named like their firm."""
    firms = [each for each in people if each["phone"]]
    for _ in range(customers // 2 if len(firms) > 3 else 0):
        first, second = rng.sample(firms, 2)
        second["_line"] = first["_line"]
        if rng.random() < 0.5:
            second["name"] = language.branch(first["name"], second["_place"])
        else:
            for name in ("phone", "province", "city", "address"):
                second[name] = first[name]


def _second_entries(
    rng: Random, language: Language, plan: Plan, people: list[Record], owners: tuple[str, ...], entries: int
) -> Iterator[Record]:
    """Customers entered again, later and mostly by somebody else, the name as `_variant` has it."""
    reachable = [each for each in people if each["mobile"] or each["email"]]
    for first in (rng.choice(reachable) for _ in range(entries if reachable else 0)):
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
        again.update(
            wechat=None if rng.random() < 0.5 else first["wechat"], notes=None, level=None, tags=None, booth=None
        )
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
        else (
            (", Inc.", " Inc"),
            (", LLC", ""),
            (", Corp.", " Corporation"),
            (", Co.", " Company"),
            (", Ltd.", " Limited"),
        )
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
