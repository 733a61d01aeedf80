"""Made-up people and firms in English for long lists (United States): names as common as they are.

The commonest surname is borne by one person in 120, the commonest given name by one in 30; rarer surnames are put
together from the syllables that English surnames are made of. Numbers are drawn from the exchange 555 first and then
from all: they may belong to somebody, so never call them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from crmsheet.sample.english import ENGLISH
from crmsheet.sample.listed_words import (
    Dice,
    Habits,
    Mess,
    Named,
    Numbers,
    Placed,
    Speech,
    Texts,
    Town,
    Variant,
    Words,
    parted,
)

_FAMILIES = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis "
    "Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera "
    "Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart "
    "Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox "
    "Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders "
    "Patel Myers Long Ross Foster O'Neil McDonald O'Brien Vandyke"
)
_STEMS = parted(
    "Ash Brad Carl Hart Whit Stan Lang Thorn Win Ham Old Kirk Hol Bur Crom Dal Ever Far Green Hal Har Hay Hunt King "
    "Lin Mar Mel Mid Nor Pem Rad Raw Red Ship Sher Sut Tem Wal West Wood"
)
_ENDS = parted("ley ton ford well man worth by ham field wood son ston brook ridge land more")
_RARE = tuple(f"{stem}{end}" for end, stem in product(_ENDS, _STEMS))
_GIVENS = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph "
    "Jessica Thomas Sarah Christopher Karen Charles Lisa Daniel Nancy Matthew Betty Anthony Sandra Mark Margaret "
    "Donald Ashley Steven Kimberly Andrew Emily Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa "
    "Timothy Deborah Ronald Stephanie George Rebecca Jason Sharon Edward Laura Jeffrey Cynthia Ryan Dorothy Jacob "
    "Amy Nicholas Kathleen Gary Angela Eric Shirley Jonathan Emma Stephen Brenda Larry Pamela Justin Nicole Scott "
    "Anna Brandon Samantha Benjamin Katherine Samuel Christine Gregory Debra Alexander Rachel Patrick Carolyn Frank "
    "Janet Raymond Maria Jack Olivia Dennis Heather Jerry Helen Tyler Catherine Aaron Diane Jose Julie Adam Victoria "
    "Nathan Joyce Henry Lauren Zachary Kelly Douglas Christina Peter Ruth Kyle Joan Noah Virginia Ethan Judith "
    "Jeremy Evelyn Walter Hannah Keith Andrea"
)
_SHORT = {
    "James": "Jim", "Robert": "Bob", "Patricia": "Pat", "Jennifer": "Jen", "Michael": "Mike", "David": "Dave",
    "Elizabeth": "Liz", "William": "Bill", "Barbara": "Barb", "Richard": "Rick", "Susan": "Sue", "Joseph": "Joe",
    "Thomas": "Tom", "Christopher": "Chris", "Charles": "Chuck", "Daniel": "Dan", "Matthew": "Matt", "Anthony": "Tony",
    "Margaret": "Peggy", "Steven": "Steve", "Kimberly": "Kim", "Andrew": "Andy", "Joshua": "Josh", "Kenneth": "Ken",
    "Timothy": "Tim", "Deborah": "Debbie", "Rebecca": "Becky", "Edward": "Ed", "Jeffrey": "Jeff", "Nicholas": "Nick",
    "Kathleen": "Kathy", "Jonathan": "Jon", "Stephen": "Steve", "Benjamin": "Ben", "Katherine": "Kate",
    "Samuel": "Sam", "Gregory": "Greg", "Alexander": "Alex", "Catherine": "Cathy", "Victoria": "Vicky",
}  # fmt: skip
_BRANDS = (
    "Summit Pioneer Liberty Heritage Cascade Evergreen Frontier Premier Patriot Lakeside Riverside Golden Blue "
    "Silver Red Royal Metro Pacific Atlantic Northern Southern Western Eastern Central Allied United National "
    "American Superior Advanced Quality Reliable Precision Elite Apex Acme Alpha Delta Omega Sigma Vertex Zenith "
    "Horizon Sunrise Sunset Crystal Diamond Eagle Falcon Hawk Lion Tiger Bear Wolf Stone Rock River Lake Ridge "
    "Valley Hill Mountain Forest Oak Maple Cedar Pine Willow Harbor Bay Coast Island Prairie Desert Canyon Meadow "
    "Garden Star Sun Moon Sky Cloud Bright Clear First Prime Trust Noble Titan Atlas Orion Phoenix Legacy Keystone "
    "Cornerstone Landmark Gateway Crossroads"
)
_TRADES = (
    "Logistics Construction Plumbing Electric Landscaping Consulting Software Foods Manufacturing Trucking Roofing "
    "Dental Realty Insurance Printing Packaging Automotive Catering Cleaning Security Engineering Furniture Energy "
    "Plastics Medical_Supply Building_Supply Auto_Parts Machine_Shop Property_Management Staffing Marketing "
    "Accounting"
)


def _words(listed: str, steep: float) -> Words:
    texts = tuple(each.replace("_", " ") for each in listed.split())
    return Words(texts, tuple(text.lower().replace("'", "") for text in texts), steep)


FAMILIES = _words(f"{_FAMILIES} {' '.join(_RARE)}", 0.03)
GIVENS = _words(_GIVENS, 0.05)
BRANDS = _words(_BRANDS, 0.02)
TRADES = _words(_TRADES, 0.05)
TOWNS = tuple(
    Town(place.province, place.city, place.city, place.districts, place.area, "", weight)
    for place, weight in zip(ENGLISH.places, ENGLISH.place_weights, strict=True)
    if not place.area.startswith("44")
)
_STREETS = parted(
    "Main Oak Maple Cedar Elm Washington Lake Hill Park Pine River Church Market Spring Franklin Mill First Second "
    "Third Fourth Fifth Walnut Chestnut Lincoln Jefferson Madison Jackson Highland Sunset College"
)
_KINDS = ("Street", "Avenue", "Road", "Boulevard", "Drive", "Lane", "Court")
_ROADS = tuple(f"{street} {_KINDS[at % len(_KINDS)]}" for at, street in enumerate(_STREETS))
_SHORTER = {
    "Street": "St",
    "Avenue": "Ave",
    "Road": "Rd",
    "Boulevard": "Blvd",
    "Drive": "Dr",
    "Lane": "Ln",
    "Court": "Ct",
}
_LONG = {" Inc.": " Incorporated", " Corp.": " Corporation", " Co.": " Company", " Ltd.": " Limited", " LLC": " L.L.C."}
_SWAPS = (("ie", "ei"), ("ph", "f"), ("ll", "l"), ("th", "ht"), ("er", "re"), ("an", "na"), ("on", "no"), ("ck", "k"))
_NOTES = (" (purchasing)", " (billing)", " - spouse", " (old customer)", " *VIP*")


def _numbers(dice: Dice, towns: Numbers) -> Texts:
    exchanges = np.where(dice.random(len(towns)) < 0.02, 555, dice.integers(222, 999, len(towns))).tolist()
    tails = dice.integers(0, 10_000, len(towns)).tolist()
    areas = [TOWNS[town].area for town in towns.tolist()]
    return np.array([f"({a}) {b}-{c:04d}" for a, b, c in zip(areas, exchanges, tails, strict=True)], dtype=object)


def like_sounding(text: str, luck: float) -> str:
    """The text with a slip that sounds the same, or with two letters turned round."""
    low = text.lower()
    ways = [(old, new) for old, new in _SWAPS if old in low[1:]]
    if ways:
        old, new = ways[int(luck * len(ways))]
        at = low.index(old, 1)
        return f"{text[:at]}{new}{text[at + len(old) :]}"
    at = 1 + int(luck * max(1, len(text) - 2))
    return f"{text[:at]}{text[at : at + 1] * 2}{text[at + 1 :]}"


def _neighbour(brand: str, luck: float) -> str:
    """Another brand that begins the same: Summit Pine, Summit Prairie."""
    *first, last = brand.split()
    others = [word for word in BRANDS.texts if word[0] == last[0] and word != last]
    return " ".join([*first, others[int(luck * len(others))] if others else f"{last} Point"])


def _of(words: tuple[str, ...], luck: float) -> str:
    return words[int(luck * len(words))]


def _given(first: str, second: str) -> str:
    return f"{first} {second[0]}." if second else first


def _first(n: Named) -> str:
    return n.given.split()[0]


def _person(n: Named) -> str:
    return f"{n.given} {n.family}"


def _bare(n: Named) -> str:
    return f"{_first(n)} {n.family}"


def _company(n: Named) -> str:
    comma = "," if n.form != "Co." else ""
    return f"{n.brand} {n.trade}{comma} {n.form}{n.branch}"


def _long_form(n: Named) -> str:
    name = _company(n)
    for short, whole in _LONG.items():
        name = name.replace(short, whole)
    return name


def _initials(n: Named) -> str:
    return f"{''.join(word[0] for word in n.brand.split())}. {n.trade}{n.branch}"


PEOPLE = (
    Variant(0.14, lambda n: f"{n.family}, {n.given}"),
    Variant(0.15, _bare),
    Variant(0.05, lambda n: f"{_SHORT.get(_first(n), _first(n))} {n.family}"),
    Variant(0.03, lambda n: f"{n.given[0]}. {n.family}", vague=True),
    Variant(0.05, lambda n: f"{_of(('Mr.', 'Dr.') if n.male else ('Ms.', 'Mrs.'), n.luck)} {_person(n)}"),
    Variant(0.02, lambda n: f"{'Mr.' if n.male else 'Ms.'} {n.family}", vague=True),
    Variant(0.03, lambda n: f"{_first(n)} {like_sounding(n.family, n.luck)}"),
    Variant(0.02, lambda n: f"{like_sounding(_first(n), n.luck)} {n.family}"),
    Variant(0.04, lambda n: _person(n).upper()),
    Variant(0.03, lambda n: _person(n).lower()),
    Variant(0.02, lambda n: f"{n.family} {_first(n)}"),
    Variant(0.03, lambda n: _person(n) + _of(_NOTES, n.luck)),
    Variant(0.01, lambda n: f"{_bare(n)} & {_of(GIVENS.texts, n.luck)}"),
    Variant(0.02, lambda n: f"{_bare(n)} Jr." if n.luck < 0.5 else f"  {_bare(n)}"),
)
"""Order, initials, short names, titles, letters, slips, notes: mess.md 24 and 25; 36 % are in full."""

COMPANIES = (
    Variant(0.08, _long_form),
    Variant(0.17, lambda n: f"{n.brand} {n.trade}{n.branch}"),
    Variant(0.06, lambda n: _company(n).replace(",", "").replace(".", "")),
    Variant(0.05, lambda n: _company(n).upper()),
    Variant(0.03, lambda n: _company(n).lower()),
    Variant(0.04, lambda n: f"The {_company(n)}"),
    Variant(0.04, lambda n: n.brand + n.branch, vague=True),
    Variant(0.02, _initials, vague=True),
    Variant(0.04, lambda n: f"{like_sounding(n.brand, n.luck)} {n.trade}{n.branch}"),
    Variant(0.03, lambda n: f"{_company(n)} ({_of(('billing', 'old', 'new owner'), n.luck)})"),
    Variant(0.02, lambda n: f"{n.brand} {n.trade}{n.branch} - {_first(n)}"),
    Variant(0.02, lambda n: _company(n).replace(" ", "  ", 1)),
)
"""Legal forms, commas, articles, short names, slips, notes: mess.md 26; 40 % as registered."""


def _suite(p: Placed) -> str:
    return f", Suite {p.room}" if p.building else ""


def _shorter(text: str) -> str:
    head, _, kind = text.rpartition(" ")
    return f"{head} {_SHORTER.get(kind, kind)}"


def address(p: Placed) -> str:
    """A street address in full."""
    return f"{p.number} {p.road}{_suite(p)}"


ADDRESSES = (
    (0.30, lambda p: f"{p.number} {_shorter(p.road)}{_suite(p).replace('Suite', 'Ste')}"),
    (0.10, lambda p: f"{p.number} {_shorter(p.road)}. {('#' + str(p.room)) if p.building else ''}".strip()),
    (0.12, lambda p: f"{p.number} {p.road}"),
    (0.05, lambda p: address(p).upper()),
    (0.08, lambda p: f"{address(p)}, {p.town.city}, {p.town.province}"),
    (0.03, lambda p: f"{p.number} {like_sounding(p.road, p.luck)}"),
)

FILLED = {
    "kind": 0.6,
    "contact_name": 0.7,
    "mobile": 0.5,
    "phone": 0.5,
    "email": 0.42,
    "birthday": 0.4,
    "gender": 0.4,
    "province": 0.7,
    "city": 0.8,
    "address": 0.6,
    "postal_code": 0.5,
    "former_names": 0.5,
}
"""How often somebody who enters a customer knows a value and types it in."""


def english(mess: Mapping[str, tuple[Mess, ...]]) -> Speech:
    """The English words, with ways to misspell cells."""
    return Speech(
        code="en",
        families=FAMILIES,
        givens=GIVENS,
        brands=BRANDS,
        trades=TRADES,
        forms=("Inc.", "LLC", "Corp.", "Co.", "Inc.", "LLC", "Ltd."),
        towns=TOWNS,
        roads=_ROADS,
        buildings=("Suite",),
        second_given=0.5,
        second_brand=0.75,
        joint=" ",
        providers=("post", "inbox", "webmail", "mail"),
        habits=Habits(messenger=False, generations=False, sexes=True, married=0.02),
        alike=_neighbour,
        kinds=("Company", "Individual"),
        genders=("Male", "Female"),
        given=_given,
        mobile=_numbers,
        landline=_numbers,
        identifier=None,
        person=_person,
        company=_company,
        branch=lambda town: (f" ({town.city})", f" ({town.city})"),
        people=PEOPLE,
        companies=COMPANIES,
        address=address,
        addresses=ADDRESSES,
        english=None,
        short=lambda n: n.brand,
        postal_code=lambda town, part: f"{10_000 + 997 * (sum(map(ord, town.city)) % 89) + part:05d}",
        filled=FILLED,
        nothing=("N/A", "none", "-", "null", "unknown", "/", "TBD", "n/a"),
        tests=(
            {"name": "test", "email": "test@test.com"},
            {"name": "Test Customer", "mobile": "(555) 555-5555"},
            {"name": "asdf", "email": "aaa@aaa.com"},
            {"name": "John Doe", "email": "john@example.com"},
        ),
        mess=mess,
    )
