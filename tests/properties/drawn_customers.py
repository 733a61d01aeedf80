"""Books of customers, drawn: strangers that share what real strangers share, and doubles with the mess of real ones.

Nobody in `strangers` is there twice: families under one roof with one mailbox, father and son of one name, namesakes,
branches, firms of one group, colleagues on one switchboard, and the clients of one accountant. `doubled` adds records
that were typed again, by somebody else, at another time.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from crmsheet.engine import LocalEngine
from crmsheet.match.decisions import Decided, Decision, decided
from crmsheet.match.duplicates import Matches, match
from crmsheet.match.prepared import Prepared, prepare
from crmsheet.match.weights import weights

Row = dict[str, Any]
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉梅鑫波宇浩凯健俊帆婷雪慧建国志文红春燕"
BRANDS = "信达通联恒瑞丰盛鼎泰康宏博雅宇辰源银阳明德润和顺昌"
TRADES = ("科技", "贸易", "电子", "机械", "建材", "食品", "物流", "化工")
CITIES = ("北京", "上海", "广州", "深圳", "杭州", "南京", "成都", "武汉")
FIRST = (
    *("John", "Joan", "Jon", "Michael", "Michaela", "Maria", "Marie", "Mary", "Mark", "Anna", "Anne", "Karl", "Karla"),
    *("Robert", "Roberta", "Peter", "Petra", "Elaine", "Melanie", "Thomas", "Susan", "David", "Laura", "James"),
)
LAST = (
    "Smith",
    "Johnson",
    "Miller",
    "Garcia",
    "Keller",
    "Novak",
    "Rossi",
    "Dubois",
    "Olsen",
    "Kowalski",
    "Baker",
    "Hill",
)
STREETS = ("Oak Street", "Mill Lane", "Church Road", "Park Avenue", "Lake Drive", "Station Road")
WORDS = ("Northwind", "Bluestone", "Silverlake", "Ironbridge", "Fairview", "Redwood", "Stonegate", "Westbrook")
LINES = ("Logistics", "Foods", "Consulting", "Printing", "Textiles", "Instruments")
TOWNS = ("Leeds", "Dallas", "Boston", "Geneva", "Denver", "Austin")


class Town:
    """Draws customers; what belongs to one person in the world (a mobile, a mailbox) is given out once."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.count = 0

    def pick(self, of: Sequence[Any]) -> Any:
        return self.dice.choice(of)

    def sometimes(self, value: Any, often: float = 0.6) -> Any:
        return value if self.dice.random() < often else None

    def number(self) -> int:
        """A number that nobody else gets, with digits that look drawn."""
        self.count += 1
        return (self.count * 7919 * 104729 + 12345) % 10**8

    def mobile(self, chinese: bool = True) -> str:
        number = self.number()
        return f"+861{self.pick('35789')}{self.dice.randrange(10)}{number:08}" if chinese else f"+1415{number:08}"[:12]

    def mailbox(self, box: str, at: str) -> str:
        return f"{box}{self.number():08}@{at}"

    def birthday(self) -> dt.date:
        return dt.date(1940, 1, 1) + dt.timedelta(self.dice.randrange(24000))

    def home(self, chinese: bool) -> Row:
        number = self.number()
        if chinese:
            street = (
                f"{self.pick(BRANDS)}{self.pick(BRANDS)}路{number % 900 + 1}号{number % 17 + 1}栋{number % 30 + 1}室"
            )
            return {"address": street, "city": self.pick(CITIES), "phone": f"+8610{20000000 + number % 60000000}"}
        place = {"address": f"{number % 9000 + 1} {self.pick(STREETS)}", "city": self.pick(TOWNS)}
        return {**place, "postal_code": f"{10000 + number % 89999}", "phone": f"+1212{number % 10**7:07}"}

    def family(self) -> list[Row]:
        """People under one roof, on one line, with one mailbox now and then; each with a mobile of his own."""
        chinese = self.dice.random() < 0.5
        home = {"kind": "person", **self.home(chinese)}
        if self.dice.random() < 0.4:
            home["email"] = self.mailbox("family", "home.net")
        size = self.pick((1, 2, 2, 3))
        if chinese:
            surname = self.pick(SURNAMES)
            middle = self.pick(GIVEN)  # brothers and sisters often share the first character of the given name
            names = [surname + middle + last for last in self.dice.sample(GIVEN, size)]
        else:
            surname = self.pick(LAST)
            names = [f"{first} {surname}" for first in self.dice.sample(FIRST, size)]
        return [
            {**home, "name": name, "mobile": self.mobile(chinese), "birthday": self.sometimes(self.birthday())}
            for name in names
        ]

    def father_and_son(self) -> list[Row]:
        """One name, one roof, two birthdays."""
        home = {"kind": "person", **self.home(False), "name": f"{self.pick(FIRST)} {self.pick(LAST)}"}
        young, old = dt.date(1990, 5, 17), dt.date(1961, 11, 2)
        return [{**home, "birthday": day, "mobile": self.mobile(False)} for day in (young, old)]

    def namesakes(self) -> list[Row]:
        """People of one name in one city, and nothing else in common; of the last, nothing else is known."""
        chinese = self.dice.random() < 0.5
        name = self.pick(SURNAMES) + self.pick(GIVEN) if chinese else f"{self.pick(FIRST)} {self.pick(LAST)}"
        city = self.pick(CITIES if chinese else TOWNS)
        known = [{**self.home(chinese), "mobile": self.mobile(chinese)} for _ in range(2)]
        return [{**each, "name": name, "kind": "person", "city": city} for each in (*known, {})]

    def branches(self) -> list[Row]:
        """A firm and its branches: one mailbox, one website, one switchboard."""
        shared = {"kind": "company", "email": self.mailbox("info", "firm.cn"), "phone": self.home(True)["phone"]}
        if self.dice.random() < 0.5:
            name = f"{self.pick(CITIES)}{self.brand()}{self.pick(TRADES)}有限公司"
            places = self.dice.sample(CITIES, 2)
            return [{**shared, "name": name}, *({**shared, "name": f"{name}{city}分公司"} for city in places)]
        name = f"{self.pick(WORDS)}{self.brand_en()} {self.pick(LINES)}"
        return [{**shared, "name": f"{name} ({town})"} for town in self.dice.sample(TOWNS, 3)]

    def shops(self) -> list[Row]:
        """Numbered shops of a chain with one mailbox."""
        name, box = f"{self.pick(WORDS)}{self.brand_en()} Store", self.mailbox("office", "chain.com")
        return [
            {"name": f"{name} {number}", "kind": "company", "email": box}
            for number in self.dice.sample(range(2, 99), 3)
        ]

    def group(self) -> list[Row]:
        """Firms of one owner: one house, one line, one website, other trades."""
        if self.dice.random() < 0.5:
            house = {"kind": "company", **self.home(True), "website": f"www.g{self.number()}.cn"}
            head = f"{house['city']}{self.brand()}"
            return [{**house, "name": f"{head}{trade}有限公司"} for trade in self.dice.sample(TRADES, 2)]
        house = {"kind": "company", **self.home(False), "website": f"www.g{self.number()}.com"}
        head = f"{self.pick(WORDS)}{self.brand_en()}"
        return [{**house, "name": f"{head} {line} Inc"} for line in self.dice.sample(LINES, 2)]

    def colleagues(self) -> list[Row]:
        """People at one firm: its address, its line, its mailbox."""
        firm = {
            "kind": "person",
            **self.home(True),
            "email": self.mailbox("office", "firm.cn"),
            "company": f"{self.brand()}科技",
        }
        surnames, given = self.dice.sample(SURNAMES, 3), self.dice.sample(GIVEN, 3)
        return [{**firm, "name": last + first} for last, first in zip(surnames, given, strict=True)]

    def clients_of_one_accountant(self) -> list[Row]:
        """Small firms whose mobile and mailbox are the accountant's."""
        agent = {
            "kind": "company",
            "mobile": self.mobile(),
            "email": self.mailbox("kuaiji", "163.cn"),
            "contact_name": "刘会计",
        }
        return [{**agent, "name": f"{self.brand()}{trade}有限公司"} for trade in self.dice.sample(TRADES, 4)]

    def firm(self) -> list[Row]:
        """A firm of its own."""
        city, brand = self.pick(CITIES), self.brand()
        return [
            {
                **self.home(True),
                "name": f"{city}{brand}{self.pick(TRADES)}有限公司",
                "kind": "company",
                "city": city,
                "mobile": self.mobile(),
                "email": self.sometimes(self.mailbox("sales", "firm.cn")),
                "contact_name": self.pick(SURNAMES) + self.pick(GIVEN) + self.pick(GIVEN),
            }
        ]

    def brand(self) -> str:
        """A brand of three characters; the same one twice in a book is rare."""
        return "".join(self.dice.sample(BRANDS, 3))

    def brand_en(self) -> str:
        return "".join(
            self.dice.sample("bcdfglmnprstvz", 1) + self.dice.sample("aeiou", 1) + self.dice.sample("lmnrst", 2)
        )


HOUSES: tuple[Callable[[Town], list[Row]], ...] = (
    Town.family, Town.family, Town.firm, Town.firm, Town.namesakes, Town.branches, Town.shops, Town.group,
    Town.colleagues, Town.clients_of_one_accountant, Town.father_and_son,
)  # fmt: skip


def strangers(seed: int, count: int) -> list[Row]:
    """Customers, each there once, with keys."""
    town = Town(seed)
    rows: list[Row] = []
    while len(rows) < count:
        rows += town.pick(HOUSES)(town)
    return keyed(rows[:count])


def doubled(seed: int, count: int, share: float = 0.4) -> tuple[list[Row], list[int]]:
    """Customers of whom some were typed again, and the number of the customer of each row."""
    town = Town(seed)
    rows = strangers(seed, count)
    again = [place for place in range(count) if town.dice.random() < share]
    both = [*rows, *(typed_again(town, rows[place]) for place in again)]
    return keyed(both), [*range(count), *again]


def typed_again(town: Town, row: Row) -> Row:
    """The record as somebody else would type it: one to three of the slips, forms and gaps of real books."""
    out = dict(row)
    for change in town.dice.sample(CHANGES, town.pick((1, 1, 2, 3))):
        change(town, out)
    return out


def _slip(town: Town, row: Row) -> None:
    name = row["name"]
    if len(name) > 5:
        at = town.dice.randrange(1, len(name) - 2)
        row["name"] = name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _form(town: Town, row: Row) -> None:
    row["name"] = row["name"].replace("有限公司", "有限责任公司").replace(" Inc", " Incorporated")


def _loud(town: Town, row: Row) -> None:
    row["name"] = row["name"].upper() if row["name"].isascii() else " ".join(row["name"])


def _title(town: Town, row: Row) -> None:
    if row.get("kind") == "person":
        row["name"] = f"Mr. {row['name']}" if row["name"].isascii() else f"{row['name']}先生"


def _turned(town: Town, row: Row) -> None:
    if row.get("kind") == "person" and " " in row["name"]:
        row["name"] = " ".join(reversed(row["name"].split()))


def _without(field: str) -> Callable[[Town, Row], None]:
    def drop(town: Town, row: Row) -> None:
        row[field] = None

    return drop


def _other_mobile(town: Town, row: Row) -> None:
    row["mobile"] = town.mobile()


def _day_and_month(town: Town, row: Row) -> None:
    day = row.get("birthday")
    if day and day.day <= 12:
        row["birthday"] = dt.date(day.year, day.day, day.month)


CHANGES = (_slip, _form, _loud, _title, _turned, _other_mobile, _day_and_month,
           *(_without(field) for field in ("mobile", "phone", "email", "address", "birthday", "city")))  # fmt: skip


def keyed(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [{**row, "key": f"K{place:05}"} for place, row in enumerate(rows, 1)]


def prepared_of(rows: Sequence[Row], columns: Sequence[str] = ()) -> Prepared:
    """Rows made ready, the first at sheet row 2; `columns` says in which order they stand."""
    names = list(columns) or list(dict.fromkeys(name for row in rows for name in row if name != "key"))
    texts = {name: pd.Series([_text(row.get(name)) for row in rows], dtype="str") for name in names}
    frame = pd.DataFrame(texts).set_axis(pd.RangeIndex(2, len(rows) + 2))
    return prepare(frame, [row["key"] for row in rows])


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def matched(rows: Sequence[Row], decisions: Iterable[Decision] = (), columns: Sequence[str] = ()) -> Matches:
    """The duplicates among rows."""
    prepared = prepared_of(rows, columns)
    said = list(decisions)
    known: Decided = decided(said, prepared.keys, {}) if said else Decided()
    with LocalEngine(threads=1) as engine:
        return match(engine, prepared, weights(), known)


def pairs_by_key(matches: Matches) -> dict[frozenset[str], tuple[float, str]]:
    """Pair of keys -> weight and band."""
    prepared = matches.prepared
    scored = matches.scored
    ends = zip(scored.left.tolist(), scored.right.tolist(), strict=True)
    said = zip(matches.pairs["weight"].tolist(), matches.pairs["band"].tolist(), strict=True)
    return {
        frozenset((prepared.keys[left], prepared.keys[right])): each
        for (left, right), each in zip(ends, said, strict=True)
    }


def groups_by_key(matches: Matches, column: str) -> set[frozenset[str]]:
    """The groups of two and more, as keys."""
    keys = dict(zip(matches.prepared.rows.tolist(), matches.prepared.keys, strict=True))
    found: dict[int, set[str]] = {}
    for row, group in zip(matches.clusters["row_"].tolist(), matches.clusters[column].tolist(), strict=True):
        found.setdefault(group, set()).add(keys[row])
    return {frozenset(each) for each in found.values() if len(each) > 1}
