"""How customers come to stand in a list: entered once or several times, each time by another hand, years apart.

| what | share | why |
|---|---|---|
| entered 1, 2, 3, 4, 5 times | 78, 15, 4.5, 1.7, 0.8 % | one row in four is a second entry: nobody ever looked |
| new mobile between two entries | 30 % of customers entered twice or more | a number lives about ten years |
| new contact, with mobile and mailbox | 15 % of such firms | people change jobs every five to seven years |
| moved, with a new landline | 12 % | |
| new mailbox | 10 % of such persons | |
| renamed | 3 % of such firms | the old name stands in the old entry; half of the later ones name it |
| a married name | 2 % of such women, in English | |

An entry shares at least one value (mobile, mailbox, messenger, number of the firm, landline, address) with the one
before it, if the customer kept any: from a name alone nobody could know. That one value is *anchored*: misspelled,
but never lost. A vague name (王总, 小王, a brand alone, a name in English) needs one of the customer's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crmsheet.sample.listed_customers import PREMISES, Customers, brands, customers, mails
from crmsheet.sample.listed_words import Dice, Mask, Numbers, Speech, Texts

TIMES = (0.78, 0.15, 0.045, 0.017, 0.008)
ANCHORS = ("mobile", "email", "wechat", "uscc", "phone", "address")
_CHANCES = np.array((0.2, 0.11, 0.03, 0.06, 0.3, 0.3))
_OF_ITS_OWN = 4
"""The first so many of `ANCHORS` belong to one customer."""


@dataclass(frozen=True, slots=True)
class Entries:
    """One entry each: the customer, what was true of him when it was made, and what was typed in.

    `former` is the position in `then` of the entry whose name a firm had before (-1: none); `vague` tells where a vague
    name does no harm.
    """

    of: Numbers
    then: Customers
    former: Numbers
    filled: Mapping[str, Mask]
    anchored: Mapping[str, Mask]
    vague: Mask


def entries(dice: Dice, speech: Speech, rows: int) -> Entries:
    """So many entries, those of a customer one after the other."""
    mean = sum(times * share for times, share in enumerate(TIMES, 1))
    made = customers(dice, speech, int(rows / mean * 1.03) + 20)
    times = dice.choice(len(TIMES), len(made), p=np.array(TIMES) / sum(TIMES)) + 1
    of = np.repeat(np.arange(len(made)), times)[:rows]
    start = np.repeat(np.cumsum(times) - times, times)[:rows]
    then = made.take(of)
    former = _changes(dice, speech, then, of, np.arange(rows) - start, times[of])
    filled = {name: dice.random(rows) < rate for name, rate in speech.filled.items()}
    anchored, own = _anchored(dice, then, filled, of)
    following = np.append(own[1:], True) | (np.append(of[1:], -1) != of)
    alone = (np.append(-1, of[:-1]) != of) & (np.append(of[1:], -1) != of)
    return Entries(of, then, former, filled, anchored, (alone & then.person) | (own & following))


def _changes(dice: Dice, speech: Speech, then: Customers, of: Numbers, place: Numbers, times: Numbers) -> Numbers:
    """Changes what changed between entries; gives the entry with a firm's former name."""
    rows = len(place)
    heads = np.arange(rows) - place

    def changed(rate: float, who: Mask) -> Numbers:
        """The entries after a change that befell a customer."""
        luck, when = dice.random(rows)[heads], dice.random(rows)[heads]
        return np.flatnonzero(who & (luck < rate) & (place > when * (times - 1)))

    at = changed(0.3, then.mobile != "")
    _renew(then, at, heads, {"mobile": speech.mobile(dice, then.town[at])})
    at = changed(0.15, ~then.person)
    people = {"family": speech.families, "first": speech.givens, "second": speech.givens}
    _renew(then, at, heads, {name: words.draw(dice, len(at)) for name, words in people.items()})
    _renew(then, at, heads, {"mobile": speech.mobile(dice, then.town[at]), "wechat": np.full(len(at), "", object)})
    _renew(then, at, heads, {"email": mails(dice, speech, then.take(at), of[at])})
    at = changed(0.12, np.ones(rows, bool))
    place_of = {
        "district": 60,
        "road": len(speech.roads),
        "number": 999,
        "building": len(speech.buildings),
        "room": 2800,
    }
    _renew(then, at, heads, {name: dice.integers(0, most, len(at)) for name, most in place_of.items()})
    lines = np.where(then.phone[at] == "", "", speech.landline(dice, then.town[at]))
    _renew(then, at, heads, {"phone": lines})
    at = changed(0.10, then.person & (then.email != ""))
    _renew(then, at, heads, {"email": mails(dice, speech, then.take(at), of[at])})
    if speech.habits.married:
        at = changed(speech.habits.married, then.person & ~then.male)
        _renew(then, at, heads, {"family": speech.families.draw(dice, len(at))})
    at = changed(0.03, ~then.person)
    brand, latin = brands(dice, speech, len(at))
    _renew(then, at, heads, {"brand": brand, "latin": latin})
    former = np.full(rows, -1)
    former[at] = heads[at]
    return former


def _renew(then: Customers, at: Numbers, heads: Numbers, values: Mapping[str, Numbers | Texts]) -> None:
    """New values for entries, the same one for all of a customer."""
    _, first, which = np.unique(heads[at], return_index=True, return_inverse=True)
    for name, fresh in values.items():
        getattr(then, name)[at] = np.asarray(fresh)[first][which]


def _anchored(dice: Dice, then: Customers, filled: dict[str, Mask], of: Numbers) -> tuple[dict[str, Mask], Mask]:
    """Fills in a value that ties each entry to the one before; gives these, and where it belongs to one customer."""
    rows = len(of)
    again = np.flatnonzero(of[1:] == of[:-1]) + 1
    kept = np.stack([_kept(then, name, again) for name in ANCHORS])
    typed = np.stack([_typed(filled, name, rows) for name in ANCHORS])
    both = kept & typed[:, again] & typed[:, again - 1]
    luck = dice.random(kept.shape) ** (1 / _CHANCES[:, None])
    chosen = np.where(both.any(axis=0), (luck * both).argmax(axis=0), (luck * kept).argmax(axis=0))
    tied = kept.any(axis=0)
    anchored = {name: np.zeros(rows, bool) for name in ANCHORS}
    for number, name in enumerate(ANCHORS):
        at = again[tied & (chosen == number)]
        for side in (at, at - 1):
            anchored[name][side] = True
            if name in filled:
                filled[name][side] = True
    own = np.ones(rows, bool)
    own[again] = tied & (chosen < _OF_ITS_OWN)
    own[of != np.append(-1, of[:-1])] = False  # the first entry tells who is meant
    return anchored, own


def _typed(filled: Mapping[str, Mask], name: str, rows: int) -> Mask:
    return filled.get(name, np.zeros(rows, bool))


def _kept(then: Customers, name: str, again: Numbers) -> Mask:
    """Where an entry has the value of the one before."""
    names = PREMISES if name == "address" else (name,)
    same = np.ones(len(again), bool)
    for each in names:
        values = getattr(then, each)
        same &= values[again] == values[again - 1]
    return same if name == "address" else same & (getattr(then, name)[again] != "")
