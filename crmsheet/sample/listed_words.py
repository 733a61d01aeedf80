"""What a language brings along so that long customer lists can be made up in it, many records at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Lucks: TypeAlias = npt.NDArray[np.float64]
Texts: TypeAlias = npt.NDArray[np.object_]
Dice: TypeAlias = np.random.Generator


@dataclass(frozen=True, slots=True)
class Words:
    """Words with their Latin letters; the first are the common ones: rank r has the weight 1 / (1 + steep * r)."""

    texts: tuple[str, ...]
    latin: tuple[str, ...]
    steep: float

    def draw(self, dice: Dice, count: int) -> Numbers:
        """Positions of words."""
        weights = 1 / (1 + self.steep * np.arange(len(self.texts)))
        return dice.choice(len(self.texts), count, p=weights / weights.sum())

    @classmethod
    def spelled(cls, listed: str, steep: float) -> Words:
        """The words of `王wang 李li`."""
        pairs = [_apart(word) for word in listed.split()]
        return cls(tuple(text for text, _ in pairs), tuple(latin for _, latin in pairs), steep)


def parted(text: str, mark: str | None = None) -> tuple[str, ...]:
    """The words of a text, parted by white space or by a mark."""
    return tuple(each.strip() for each in text.split(mark))


def _apart(word: str) -> tuple[str, str]:
    return "".join(c for c in word if not c.isascii()), "".join(c for c in word if c.isascii())


@dataclass(frozen=True, slots=True)
class Town:
    """A city with the area code of its landlines as it is dialled, its division (GB/T 2260) and its weight."""

    province: str
    city: str
    latin: str
    districts: tuple[str, ...]
    area: str
    division: str
    weight: float


class Named(NamedTuple):
    """All that the spelling of a name may need; `luck` is a number from 0 to 1, drawn for this entry alone."""

    luck: float
    family: str
    given: str
    family_latin: str
    given_latin: str
    male: bool
    town: Town
    brand: str
    latin: str
    trade: str
    trade_latin: str
    form: str
    branch: str
    branch_latin: str


class Placed(NamedTuple):
    """All that the spelling of an address may need."""

    luck: float
    town: Town
    district: int
    road: str
    number: int
    building: str
    room: int


Spelling: TypeAlias = Callable[[str, float], str]
"""A text and luck to the text as somebody typed it."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to write a name: the share of entries, and whether only a number of its own tells who is meant."""

    share: float
    write: Callable[[Named], str]
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Mess:
    """A way to misspell a cell: the rate of filled cells, and whether the value is lost by it (mess.md's number)."""

    number: int
    rate: float
    spell: Spelling
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Habits:
    """What is so in one country and not in another.

    `messenger`   customers are known by names in a messenger, and mailboxes are named by its numbers
    `generations` siblings share the first character of their given names; else at times an initial
    `sexes`       the list of given names has a man's, then a woman's; else names tell nothing
    `married`     share of women who take another surname between two entries
    """

    messenger: bool
    generations: bool
    sexes: bool
    married: float


@dataclass(frozen=True, slots=True)
class Speech:
    """Words and spellings of one language. What `variants` and `mess` leave over is written as it should be."""

    code: str
    families: Words
    givens: Words
    brands: Words
    trades: Words
    forms: tuple[str, ...]
    towns: tuple[Town, ...]
    roads: tuple[str, ...]
    buildings: tuple[str, ...]
    second_given: float
    second_brand: float
    joint: str
    providers: tuple[str, str, str, str]
    habits: Habits
    alike: Callable[[str, float], str]
    kinds: tuple[str, str]
    genders: tuple[str, str]
    given: Callable[[str, str], str]
    mobile: Callable[[Dice, Numbers], Texts]
    landline: Callable[[Dice, Numbers], Texts]
    identifier: Callable[[Dice, Numbers], Texts] | None
    person: Callable[[Named], str]
    company: Callable[[Named], str]
    branch: Callable[[Town], tuple[str, str]]
    people: tuple[Variant, ...]
    companies: tuple[Variant, ...]
    address: Callable[[Placed], str]
    addresses: tuple[tuple[float, Callable[[Placed], str]], ...]
    english: Callable[[Named], str] | None
    short: Callable[[Named], str]
    postal_code: Callable[[Town, int], str] | None
    nothing: tuple[str, ...]
    tests: tuple[Mapping[str, str], ...]
    filled: Mapping[str, float]
    mess: Mapping[str, tuple[Mess, ...]]
