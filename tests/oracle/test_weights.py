"""Weights against a slow twin that is written from the head of weights.yaml, and counts by hand."""

from __future__ import annotations

import math
import random
from importlib.resources import files
from typing import Any

import pytest
import yaml

from crmsheet.match.weights import Level
from tests.properties.drawn_customers import Row, doubled, keyed, matched

RULES: dict[str, Any] = yaml.safe_load(files("crmsheet.match").joinpath("weights.yaml").read_text("utf-8"))
PEOPLE = ("王小明", "李国强", "张丽华", "陈建军", "刘海燕", "赵玉梅")
BOXES = ("info@huaxin.cn", "a7@hx.cn", "sales@yuanda.net", "zhang@mingde.org")
MOBILES = ("+8613911112222", "+8613822223333", "+8615733334444", "+8618644445555")
CITIES = ("北京", "上海", "广州")
DAYS = ("1961-11-12", "1975-03-24", "1988-07-19", "1990-10-27")


def drawn(seed: int, count: int = 60) -> list[Row]:
    """Few values, each held by several, so that every number of holders occurs."""
    dice = random.Random(seed)

    def some(of: tuple[str, ...]) -> str | None:
        return dice.choice(of) if dice.random() < 0.5 else None

    values = {"email": BOXES, "mobile": MOBILES, "city": CITIES, "birthday": DAYS}
    return keyed(
        {"name": dice.choice(PEOPLE), "kind": "person", **{name: some(of) for name, of in values.items()}}
        for _ in range(count)
    )


def same(name: str, rows: list[Row], value: str) -> float:
    """What an agreement on this value is worth: said slowly."""
    rule = RULES["comparisons"][name]
    holders = [row["name"] for row in rows if row.get(name) == value]
    number = len(set(holders)) if rule["count"] == "names" else len(holders)
    n = max(len(rows), RULES["smallest_book"])
    return min(rule["most"], math.log2((n + rule["backing"]) / (rule["shared"] + max(0, number - 2))))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_agreement_is_worth_what_the_commonness_of_its_value_leaves(seed: int) -> None:
    rows = drawn(seed)
    matches = matched(rows)
    checked = 0
    for place, (left, right) in enumerate(matches.pairs[["left_row", "right_row"]].itertuples(index=False, name=None)):
        ours, theirs = rows[left - 2], rows[right - 2]
        for name in ("email", "mobile", "city", "birthday"):
            level = Level(matches.scored.compared[name].levels[place])
            bits = float(matches.scored.bits[name][place])
            if not (ours[name] and theirs[name]):
                assert (level, bits) == (Level.missing, 0)
            elif ours[name] == theirs[name]:
                assert level is Level.same
                assert bits == pytest.approx(max(RULES["comparisons"][name]["least"], same(name, rows, ours[name])))
                checked += 1
            elif level in (Level.different, Level.conflict):
                assert bits == RULES["comparisons"][name]["against"][level.name]
    assert checked > 40


def by_strangers(matches: Any, place: int) -> float:
    """The weight of a pair against strangers: the prior, and of each kind the heaviest in full, the rest as an echo."""
    total = math.log2(2 * RULES["expected"] / max(len(matches.prepared), RULES["smallest_book"]))
    heard: dict[tuple[str, bool], list[float]] = {}
    for name, bits in matches.scored.bits.items():
        rule = {"kind": "name"} if name == "name" else RULES["comparisons"][name]
        value = float(bits[place])
        kind = rule["kind"] if value >= 0 else rule.get("kind_against", rule["kind"])
        heard.setdefault((kind, value >= 0), []).append(abs(value))
    for (_, pro), each in heard.items():
        sum_ = max(each) + RULES["echo"] * (sum(each) - max(each))
        total += sum_ if pro else -sum_
    return total


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_people_of_one_name_weigh_what_their_evidence_adds_up_to(seed: int) -> None:
    """Nobody weighs more; less do only those who may be kin, or houses of one firm: see `kin` and `houses`."""
    matches = matched(doubled(seed, 120, share=0.7)[0])
    agreeing = (Level.same, Level.variant, Level.close, Level.part)
    plain = 0
    for place in range(len(matches.pairs)):
        weight, told = matches.pairs["weight"].iat[place], by_strangers(matches, place)
        assert weight <= told + 0.001
        if matches.scored.people[place] and matches.scored.compared["name"].levels[place] in agreeing:
            assert weight == pytest.approx(told, abs=0.001)
            plain += 1
    assert plain > 20
