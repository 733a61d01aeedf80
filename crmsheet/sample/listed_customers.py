"""The customers of a long list, before anybody writes them down: and what different ones have in common.

| what | share | why it is there |
|---|---|---|
| persons | 45 % of customers | lists mix private customers and firms |
| households | 14 % of persons, 2 to 3 each | one address and landline, mostly one surname, siblings one character |
| a family's mobile, mailbox | 12 %, 3 % of the later members | a parent's number for a child or an old mother |
| twins | 5 % of households | also one birthday |
| buildings with a switchboard | 7 % of firms, 3 to 12 each | one landline and street address |
| agencies | 9 % of firms, 3 to 15 each | bookkeepers give their own mailbox, one in three their mobile and contact |
| two firms of one owner | 6 % of firms | one contact, mobile and mailbox; other names |
| branches | 5 % of firms | the firm's name with a town, its mail domain, one in three its switchboard |
| sisters | 4 % of firms | one brand, address and landline, another trade |
| neighbours in name | 4 % of firms | same town and trade; a character sounds alike, a word has one initial |

Two firms of one town and trade never have one name, as no registry allows it; people may, as often as they do.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crmsheet.sample.listed_words import Dice, Mask, Numbers, Speech, Texts


@dataclass(frozen=True, slots=True)
class Customers:
    """One value per customer; of a firm, the person is its contact.

    `first` and `second` are positions of given names, `building` of a building (-1: none); `seat` is the town that a
    firm's name names, another than where it is for a branch. Texts are '' where there is no such value.
    """

    person: Mask
    family: Numbers
    first: Numbers
    second: Numbers
    male: Mask
    brand: Texts
    latin: Texts
    trade: Numbers
    form: Numbers
    branch: Mask
    seat: Numbers
    town: Numbers
    district: Numbers
    road: Numbers
    number: Numbers
    building: Numbers
    room: Numbers
    mobile: Texts
    phone: Texts
    email: Texts
    wechat: Texts
    uscc: Texts
    birthday: Texts

    def __len__(self) -> int:
        return len(self.person)

    def take(self, at: Numbers) -> Customers:
        """The customers at these positions."""
        return Customers(*(getattr(self, each.name)[at] for each in dataclasses.fields(self)))

    def like(self, at: Numbers, others: Numbers, *names: str) -> None:
        """Gives the customers at these positions the values of others; only while a list is being made up."""
        for name in names:
            values = getattr(self, name)
            values[at] = values[others]


PREMISES = ("town", "district", "road", "number", "building", "room")
CONTACT = ("family", "first", "second", "male", "mobile", "wechat")


def customers(dice: Dice, speech: Speech, count: int) -> Customers:
    """So many customers, with all that different ones have in common."""
    made = _strangers(dice, speech, count)
    people, firms = np.flatnonzero(made.person), np.flatnonzero(~made.person)
    _households(dice, speech, made, people)
    free = dice.permutation(firms)
    for share, connect in (
        (0.07, _switchboards),
        (0.09, _agencies),
        (0.06, _owners),
        (0.05, _branches),
        (0.04, _sisters),
        (0.04, _alike),
    ):
        taken = int(share * len(firms))
        connect(dice, speech, made, free[:taken])
        free = free[taken:]
    _registered(dice, speech, made)
    return made


def _strangers(dice: Dice, speech: Speech, count: int) -> Customers:
    weights = np.array([town.weight for town in speech.towns])
    town = dice.choice(len(speech.towns), count, p=weights / weights.sum())
    person = dice.random(count) < 0.45
    family, first, second = _people(dice, speech, count)
    brand, latin = brands(dice, speech, count)
    mobile = distinct(lambda at: speech.mobile(dice, town[at]), count)
    phone = distinct(lambda at: speech.landline(dice, town[at]), count)
    phone[dice.random(count) > np.where(person, 0.12, 0.65)] = ""
    mobile[dice.random(count) > 0.94] = ""
    made = Customers(
        person=person,
        family=family,
        first=first,
        second=second,
        male=dice.random(count) < 0.55,
        brand=brand,
        latin=latin,
        trade=speech.trades.draw(dice, count),
        form=dice.integers(0, len(speech.forms), count),
        branch=np.zeros(count, bool),
        seat=town.copy(),
        town=town,
        district=dice.integers(0, 60, count),
        road=dice.integers(0, len(speech.roads), count),
        number=dice.integers(1, 999, count),
        building=np.where(dice.random(count) < 0.7, dice.integers(0, len(speech.buildings), count), -1),
        room=dice.integers(2, 29, count) * 100 + dice.integers(1, 20, count),
        mobile=mobile,
        phone=phone,
        email=np.full(count, "", object),
        wechat=np.full(count, "", object),
        uscc=np.full(count, "", object) if speech.identifier is None else speech.identifier(dice, town),
        birthday=birthdays(dice, count),
    )
    made.uscc[person | (dice.random(count) > 0.6)] = ""
    made.birthday[~person] = ""
    made.email[:] = mails(dice, speech, made, np.arange(count))
    made.wechat[:] = messengers(dice, speech, made)
    if speech.habits.sexes:
        made.male[:] = first % 2 == 0
    return made


def _people(dice: Dice, speech: Speech, count: int) -> tuple[Numbers, Numbers, Numbers]:
    second = np.where(dice.random(count) < speech.second_given, speech.givens.draw(dice, count), -1)
    return speech.families.draw(dice, count), speech.givens.draw(dice, count), second


def brands(dice: Dice, speech: Speech, count: int) -> tuple[Texts, Texts]:
    """Brands of two words, or of one, and their Latin letters."""
    words = speech.brands
    first, second = words.draw(dice, count), words.draw(dice, count)
    two = (dice.random(count) < speech.second_brand) & (first != second)
    pairs = list(zip(first.tolist(), second.tolist(), two.tolist(), strict=True))
    texts = [words.texts[a] + (speech.joint + words.texts[b] if both else "") for a, b, both in pairs]
    latin = [words.latin[a] + (words.latin[b] if both else "") for a, b, both in pairs]
    return np.array(texts, object), np.array(latin, object)


def distinct(draw: Callable[[Numbers], Texts], count: int) -> Texts:
    """So many different texts: what was drawn twice is drawn again; `draw` takes the positions to draw for."""
    made = draw(np.arange(count))
    while True:
        again = repeated(made)
        if not len(again):
            return made
        made[again] = draw(again)


def repeated(texts: Texts) -> Numbers:
    """The positions whose text stands at an earlier one too."""
    first: dict[str, int] = {}
    return np.array([at for at, text in enumerate(texts.tolist()) if first.setdefault(text, at) != at], np.int64)


def birthdays(dice: Dice, count: int) -> Texts:
    """Days between 1950 and 2006, most of them around 1982."""
    days = dice.triangular(-20, 12, 36, count) * 365.25
    return np.datetime_as_string(np.datetime64("1970-01-01") + days.astype("timedelta64[D]")).astype(object)


def mails(dice: Dice, speech: Speech, of: Customers, numbers: Numbers) -> Texts:
    """Mailboxes: of people at a provider, of firms the contact's or a common one at the firm's domain; some have none.

    `numbers` are those of the customers: a firm keeps its domain when another takes over its mailbox.
    """
    count = len(of)
    offices = ("info", "sales", "office")
    latins = zip(of.family.tolist(), of.first.tolist(), of.second.tolist(), strict=True)
    digits, draw = dice.integers(1, 10_000, count).tolist(), dice.random(count).tolist()
    found: list[str] = []
    rest = (of.person, of.latin, of.trade, numbers)
    places = zip(latins, *(each.tolist() for each in rest), digits, draw, strict=True)
    for (family, first, second), person, latin, trade, at, number, luck in places:
        given = speech.givens.latin[first] + (speech.givens.latin[second][:1] if second >= 0 else "")
        box = f"{speech.families.latin[family]}{given}".replace(" ", "").replace("'", "").lower()
        if luck > (0.6 if person else 0.75):
            found.append("")
        elif person:
            local = str(100_000_000 + at * 131 + number) if luck < 0.2 and speech.habits.messenger else f"{box}{number}"
            found.append(f"{local}@{speech.providers[number % 4]}.example.com")
        else:
            domain = f"{latin}{speech.trades.latin[trade][:2]}{at % 97}".replace(" ", "").lower()
            local = offices[number % 3] if luck < 0.25 else box
            found.append(f"{local}@{domain}.example.com")
    made = np.array(found, object)
    for at in repeated(made).tolist():
        made[at] = made[at] and made[at].replace("@", f".{at}@")
    return made


def messengers(dice: Dice, speech: Speech, of: Customers) -> Texts:
    """Names in a messenger for 45 %: a word and a number, or the mobile."""
    if not speech.habits.messenger:
        return np.full(len(of), "", object)
    draw, numbers = dice.random(len(of)).tolist(), dice.integers(0, 1000, len(of)).tolist()
    rows = zip(draw, numbers, of.family.tolist(), of.mobile.tolist(), strict=True)
    return np.array(
        [
            "" if luck > 0.45 else mobile if luck < 0.12 else f"{speech.families.latin[family]}_{number:03d}{at}"
            for at, (luck, number, family, mobile) in enumerate(rows)
        ],
        object,
    )


def _grouped(dice: Dice, pool: Numbers, low: int, high: int) -> tuple[Numbers, Numbers]:
    """The pool cut into groups of `low` to `high`: the later members, and the head of each."""
    sizes = dice.integers(low, high + 1, len(pool) // low + 1)
    heads = np.repeat(np.cumsum(sizes) - sizes, sizes)[: len(pool)]
    later = heads != np.arange(len(pool))
    return pool[later], pool[heads[later]]


def _households(dice: Dice, speech: Speech, made: Customers, people: Numbers) -> None:
    pool = dice.permutation(people)[: int(0.14 * len(people))]
    members, heads = _grouped(dice, pool, 2, 3)
    made.like(members, heads, *PREMISES, "phone")
    luck = dice.random(len(members))
    kin = luck < 0.7
    made.like(members[kin], heads[kin], "family")
    siblings = luck < 0.25
    if speech.habits.generations:  # a generation shares its first character: 王建国, 王建军
        siblings &= made.second[heads] >= 0
        made.like(members[siblings], heads[siblings], "first")
        made.second[members[siblings]] = speech.givens.draw(dice, int(siblings.sum()))
    else:
        made.first[members[siblings]] = _same_initial(dice, speech, made.first[heads[siblings]])
    twins = luck < 0.05
    made.like(members[twins], heads[twins], "birthday")
    shared = dice.random(len(members))
    made.like(members[(shared < 0.12) & ~twins], heads[(shared < 0.12) & ~twins], "mobile")
    made.like(members[shared > 0.97], heads[shared > 0.97], "email")
    _nobody_twice(dice, speech, made, members, heads)


def _same_initial(dice: Dice, speech: Speech, given: Numbers) -> Numbers:
    initials = np.array([latin[0] for latin in speech.givens.latin])
    return np.array([dice.choice(np.flatnonzero(initials == initials[each])) for each in given.tolist()], np.int64)


def _nobody_twice(dice: Dice, speech: Speech, made: Customers, members: Numbers, heads: Numbers) -> None:
    """No household has two of one name; a middle initial makes it no other."""
    names = ("family", "first", "second") if speech.habits.generations else ("family", "first")
    home = np.concatenate([np.unique(heads), heads])
    people = np.concatenate([np.unique(heads), members])
    while True:
        parts = zip(home.tolist(), *(getattr(made, name)[people].tolist() for name in names), strict=True)
        again = people[repeated(np.array([str(each) for each in parts], object))]
        if not len(again):
            return
        getattr(made, names[-1])[again] = speech.givens.draw(dice, len(again))


def _switchboards(dice: Dice, speech: Speech, made: Customers, firms: Numbers) -> None:
    del speech
    members, heads = _grouped(dice, firms, 3, 12)
    made.like(members, heads, "phone", "seat", *PREMISES[:-1])


def _agencies(dice: Dice, speech: Speech, made: Customers, firms: Numbers) -> None:
    del speech
    members, heads = _grouped(dice, firms, 3, 15)
    made.email[heads] = [f"info@agency{head}.example.com" for head in heads.tolist()]
    made.like(members, heads, "email")
    deep = heads % 3 == 0
    made.like(members[deep], heads[deep], *CONTACT)


def _owners(dice: Dice, speech: Speech, made: Customers, firms: Numbers) -> None:
    del speech
    members, heads = _grouped(dice, firms, 2, 2)
    made.like(members, heads, *CONTACT, "email")


def _branches(dice: Dice, speech: Speech, made: Customers, firms: Numbers) -> None:
    members, heads = _grouped(dice, firms, 2, 5)
    made.branch[members] = True
    for at, head in zip(members.tolist(), heads.tolist(), strict=True):
        box, _, domain = made.email[head].partition("@")
        made.email[at] = f"{speech.towns[made.town[at]].latin.lower()[:4]}{at}@{domain}" if box else ""
    made.like(members, heads, "brand", "latin", "trade", "form", "seat")
    switched = dice.random(len(members)) < 0.33
    made.like(members[switched], heads[switched], "phone")


def _sisters(dice: Dice, speech: Speech, made: Customers, firms: Numbers) -> None:
    del speech
    members, heads = _grouped(dice, firms, 2, 3)
    made.like(members, heads, "brand", "latin", "phone", "seat", *PREMISES)


def _alike(dice: Dice, speech: Speech, made: Customers, firms: Numbers) -> None:
    members, heads = _grouped(dice, firms, 2, 2)
    made.like(members, heads, "latin", "trade", "town", "seat")
    luck = dice.random(len(members)).tolist()
    made.brand[members] = [speech.alike(made.brand[h], x) for h, x in zip(heads.tolist(), luck, strict=True)]


def _registered(dice: Dice, speech: Speech, made: Customers) -> None:
    """No two firms of one town have one brand and trade: the later gets a third word to its brand."""
    firms = np.flatnonzero(~made.person)
    while True:
        where = np.where(made.branch, made.town, -1)
        parts = (each[firms].tolist() for each in (made.seat, made.brand, made.trade, where))
        again = firms[repeated(np.array([f"{a} {b} {c} {d}" for a, b, c, d in zip(*parts, strict=True)], object))]
        if not len(again):
            return
        more = speech.brands.draw(dice, len(again)).tolist()
        made.brand[again] = [
            made.brand[at] + speech.joint + speech.brands.texts[m] for at, m in zip(again.tolist(), more, strict=True)
        ]
        made.latin[again] = [
            made.latin[at] + speech.brands.latin[m] for at, m in zip(again.tolist(), more, strict=True)
        ]
