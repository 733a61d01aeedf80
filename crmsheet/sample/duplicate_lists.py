"""Long customer lists that are hard to deduplicate, with the truth: persons and firms in Chinese or English.

    raw, customers = duplicate_list(100_000, seed=9001, lang="zh")

`raw` has fields of the customers' table as columns and texts as people type them; `customers` the customer's number of
each row. What makes it hard is in `listed_customers` (who shares what), `listed_entries` (what changes and is
missing), `listed_chinese` and `listed_english` (how names are written), `listed_mess` (how cells are misspelled). The
same arguments give the same list with the same numpy.

Seeds 1 to 99 are for tuning; figures are reported of seeds from 9001 on, which nobody looks at while tuning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from crmsheet.sample.listed_chinese import chinese
from crmsheet.sample.listed_customers import Customers
from crmsheet.sample.listed_english import english
from crmsheet.sample.listed_entries import Entries, entries
from crmsheet.sample.listed_mess import EAST, WEST
from crmsheet.sample.listed_words import Dice, Lucks, Mask, Mess, Named, Placed, Speech, Texts, Variant

TESTS = 0.002
"""The share of rows that somebody made to try the program; each is a customer of its own."""
NOTHING = 0.02
"""The share of empty cells that say so: 无, N/A."""
TOGETHER = 0.04
"""The share of entries that have landline and mobile in one cell; as many have one in the other's column."""


def duplicate_list(rows: int, seed: int, lang: str = "zh") -> tuple[pd.DataFrame, list[int]]:
    """A list of so many rows, in no order, and the number of the customer of each row.

    Raises:
        ValueError: an unknown language.
    """
    if lang not in {"zh", "en"}:
        raise ValueError(f"no such language: {lang}")
    dice = np.random.default_rng(seed)
    speech = chinese(EAST) if lang == "zh" else english(WEST)
    tests = int(rows * TESTS)
    made = entries(dice, speech, rows - tests)
    columns = _columns(dice, speech, made)
    _one_cell(dice, columns)
    for name, ways in speech.mess.items():
        _spoil(dice, columns[name], ways, made.anchored.get(name, np.zeros(rows - tests, bool)))
    trials = [speech.tests[each] for each in dice.integers(0, len(speech.tests), tests).tolist()]
    order = dice.permutation(rows)
    for name, cells in columns.items():
        whole = np.append(cells, np.array([each.get(name, "") for each in trials], object))
        columns[name] = _with_nothing(dice, speech, whole)[order]
    owners = np.append(made.of, np.arange(tests) + len(made.of))
    return pd.DataFrame(columns), owners[order].tolist()


def _columns(dice: Dice, speech: Speech, made: Entries) -> dict[str, Texts]:
    """The cells as they should be, but for names and addresses, which have no one right spelling."""
    then = made.then
    columns: dict[str, Texts] = {"name": np.full(len(then), "", object)}
    for who, ways, plain in (
        (then.person, speech.people, speech.person),
        (~then.person, speech.companies, speech.company),
    ):
        at = np.flatnonzero(who)
        columns["name"][at] = _written(dice, speech, then.take(at), ways, plain, made.vague[at])
    towns = then.town.tolist()
    given = {
        "kind": np.where(then.person, speech.kinds[1], speech.kinds[0]).astype(object),
        "contact_name": np.array([speech.person(n) for n in _named(speech, then, np.zeros(len(then)))], object),
        "mobile": then.mobile,
        "phone": then.phone,
        "email": then.email,
        "wechat": then.wechat,
        "uscc": then.uscc,
        "birthday": then.birthday,
        "gender": np.where(then.person, np.where(then.male, *speech.genders), "").astype(object),
        "province": np.array([speech.towns[town].province for town in towns], object),
        "city": np.array([speech.towns[town].city for town in towns], object),
        "address": _addresses(dice, speech, then),
        **_other_names(speech, made),
    }
    given["contact_name"][then.person & (dice.random(len(then)) > 0.2)] = ""
    if speech.postal_code is not None:
        pairs = zip(towns, then.district.tolist(), strict=True)
        given["postal_code"] = np.array([speech.postal_code(speech.towns[town], part) for town, part in pairs], object)
    for name, values in given.items():
        if name in speech.filled:
            columns[name] = np.where(made.filled[name], values, "").astype(object)
    return columns


def _other_names(speech: Speech, made: Entries) -> dict[str, Texts]:
    """The short, former and foreign names of firms."""
    then, nothing = made.then, np.full(len(made.then), "", object)
    firms = np.flatnonzero(~then.person)
    named = list(_named(speech, then.take(firms), np.zeros(len(firms))))
    short, foreign, former = nothing.copy(), nothing.copy(), nothing.copy()
    short[firms] = [speech.short(n) for n in named]
    if speech.english is not None:
        foreign[firms] = [speech.english(n) for n in named]
    renamed = np.flatnonzero(made.former >= 0)
    before = then.take(made.former[renamed])
    former[renamed] = [speech.company(n) for n in _named(speech, before, np.zeros(len(renamed)))]
    return {"name_en": foreign, "short_name": short, "former_names": former}


def _named(speech: Speech, of: Customers, luck: Lucks) -> Iterator[Named]:
    """What the spelling of each name may need."""
    families, givens, trades = speech.families, speech.givens, speech.trades
    branches = [speech.branch(town) for town in speech.towns]
    whole = (luck, of.family, of.first, of.second, of.male, of.brand, of.latin, of.trade, of.form)
    rows = zip(*(each.tolist() for each in whole), of.seat.tolist(), of.branch.tolist(), of.town.tolist(), strict=True)
    for chance, family, first, second, male, brand, latin, trade, form, seat, branch, town in rows:
        more, more_latin = (givens.texts[second], givens.latin[second]) if second >= 0 else ("", "")
        shop, shop_latin = branches[town] if branch else ("", "")
        yield Named(
            chance,
            families.texts[family],
            speech.given(givens.texts[first], more),
            families.latin[family],
            speech.given(givens.latin[first], more_latin),
            male,
            speech.towns[seat],
            brand,
            latin,
            trades.texts[trade],
            trades.latin[trade],
            speech.forms[form],
            shop,
            shop_latin,
        )


def _written(
    dice: Dice, speech: Speech, of: Customers, ways: Sequence[Variant], plain: Callable[[Named], str], vague: Mask
) -> list[str]:
    """The names as they were typed."""
    writers = [each.write for each in ways] + [plain]
    chosen = np.searchsorted(np.cumsum([each.share for each in ways]), dice.random(len(of)), side="right")
    harmful = np.array([each.vague for each in ways] + [False])
    chosen = np.where(harmful[chosen] & ~vague, len(ways), chosen)
    named = _named(speech, of, dice.random(len(of)))
    return [writers[at](n) for at, n in zip(chosen.tolist(), named, strict=True)]


def _addresses(dice: Dice, speech: Speech, of: Customers) -> Texts:
    writers = [write for _, write in speech.addresses] + [speech.address]
    chosen = np.searchsorted(np.cumsum([share for share, _ in speech.addresses]), dice.random(len(of)), side="right")
    parts = (dice.random(len(of)), of.town, of.district, of.road, of.number, of.building, of.room)
    rows = zip(chosen.tolist(), *(each.tolist() for each in parts), strict=True)
    roads, buildings = speech.roads, (*speech.buildings, "")
    return np.array(
        [
            writers[at](Placed(luck, speech.towns[town], part, roads[road], number, buildings[house], room))
            for at, luck, town, part, road, number, house, room in rows
        ],
        object,
    )


def _one_cell(dice: Dice, columns: dict[str, Texts]) -> None:
    """Both numbers in one cell, or one of them in the other's column: mess.md 32 and 35."""
    mobile, phone = columns["mobile"], columns["phone"]
    luck = dice.random(len(mobile))
    both = (luck < TOGETHER) & (mobile != "") & (phone != "")
    mobile[both] = [f"{a}/{b}" for a, b in zip(mobile[both], phone[both], strict=True)]
    phone[both] = ""
    only = (luck > 1 - TOGETHER) & ((mobile == "") != (phone == ""))
    mobile[only], phone[only] = phone[only], mobile[only]


def _spoil(dice: Dice, cells: Texts, ways: Sequence[Mess], anchored: Mask) -> None:
    """Misspells some of the filled cells; the value of an anchored one is not lost."""
    held = np.flatnonzero(cells != "")
    chosen = np.searchsorted(np.cumsum([each.rate for each in ways]), dice.random(len(held)), side="right")
    luck = dice.random(len(held))
    lost = np.array([each.lost for each in ways] + [False])[chosen]
    hit = (chosen < len(ways)) & ~(lost & anchored[held])
    for at, way, chance in zip(held[hit].tolist(), chosen[hit].tolist(), luck[hit].tolist(), strict=True):
        if "/" not in cells[at] or len(cells[at]) < 16:  # two numbers are mess enough
            cells[at] = ways[way].spell(cells[at], chance)


def _with_nothing(dice: Dice, speech: Speech, cells: Texts) -> Texts:
    """The cells with None for empty ones, or with a word that says that there is nothing."""
    words = np.array([*speech.nothing, None], object)
    chosen = np.where(dice.random(len(cells)) < NOTHING, dice.integers(0, len(speech.nothing), len(cells)), -1)
    whole: Texts = np.where(cells == "", words[chosen], cells)
    return whole
