"""How good groups of records are, counted in pairs of records: each group stands for all the pairs inside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

Labels = npt.NDArray[np.int64]
"""The group of each record; records of one number are one customer."""

EXACT = ("name", "mobile", "phone", "email", "wechat", "qq", "uscc", "id_number", "website", "birthday", "address")
"""Fields whose equality a careful person would try as a key."""
PERSONAL = ("mobile", "email", "wechat", "uscc", "id_number")
"""Those that look as if they belonged to one customer alone."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairs found, pairs that there are, and pairs that are both."""

    found: int
    true: int
    right: int

    @property
    def precision(self) -> float:
        """The share of the found pairs that is right; 1 where none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the true pairs that was found; 1 where there are none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 1.0


def agreement(found: Labels, truth: Labels) -> Agreement:
    """The pairs inside the found groups against those inside the true ones."""
    both = np.unique(found * (int(truth.max(initial=0)) + 1) + truth, return_inverse=True)[1]
    return Agreement(pairs_in(found), pairs_in(truth), pairs_in(both))


def pairs_in(labels: Labels) -> int:
    """How many pairs of records share a group."""
    sizes = np.unique(labels, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def linked(count: int, left: Iterable[int], right: Iterable[int]) -> Labels:
    """The groups that links make, all that hang together being one."""
    boss = list(range(count))

    def head(each: int) -> int:
        while boss[each] != each:
            boss[each] = boss[boss[each]]
            each = boss[each]
        return each

    for ours, theirs in zip(left, right, strict=True):
        first, second = sorted((head(ours), head(theirs)))
        boss[second] = first
    return np.array([head(each) for each in range(count)], np.int64)


def exact_key(values: pd.DataFrame, truth: Labels) -> tuple[str, float]:
    """The exact key that does best on a list, and its F1.

    Tried are each field of `EXACT` (records of one value are one customer), the name together with each other one, any
    of `PERSONAL` (all that hang together), and all fields at once; letters in small, without spaces, empty ones never
    alike, each of several values of a cell counting.
    """
    flat = pd.DataFrame({name: _flat(values[name]) for name in values})
    have = [name for name in EXACT if name in flat]
    name = "name" if "name" in flat else None
    names = flat["name"] if name else _flat(_joined(values, ("given_name", "surname")))
    tried: dict[str, list[Mapping[int, str]]] = {field: [_atoms(flat[field])] for field in have}
    tried["name"] = [_atoms(names)]
    tried |= {f"name + {field}": [_atoms(flat[field], names)] for field in have if field != "name"}
    tried["any of " + ", ".join(PERSONAL)] = [_atoms(flat[field]) for field in PERSONAL if field in flat]
    tried["all fields"] = [_atoms(flat.fillna("").agg("\x1f".join, axis=1))]
    scores = {key: agreement(_by_values(len(values), held), truth).f1 for key, held in tried.items()}
    best = max(scores, key=lambda key: scores[key])
    return best, scores[best]


def _joined(values: pd.DataFrame, fields: Sequence[str]) -> pd.Series:
    return values[[field for field in fields if field in values]].fillna("").astype("str").agg(" ".join, axis=1)


def _flat(texts: pd.Series) -> pd.Series:
    bare = texts.astype("str").str.lower().str.replace(r"\s+", "", regex=True)
    return bare.mask(texts.isna() | (bare == ""))


def _atoms(texts: pd.Series, more: pd.Series | None = None) -> list[tuple[int, str]]:
    """(position, value) of each value of each cell; with `more` the value is one of both."""
    rest = [""] * len(texts) if more is None else more.tolist()
    return [
        (at, f"{value}\x1f{other}")
        for at, (text, other) in enumerate(zip(texts.tolist(), rest, strict=True))
        if isinstance(text, str) and isinstance(other, str)
        for value in text.split("|")
    ]


def _by_values(count: int, held: Iterable[Sequence[tuple[int, str]]]) -> Labels:
    left, right = [], []
    for atoms in held:
        first: dict[str, int] = {}
        for at, value in atoms:
            left.append(first.setdefault(value, at))
            right.append(at)
    return linked(count, left, right)


def pairs_of(labels: Labels) -> Iterable[tuple[int, int]]:
    """The pairs of positions that share a group."""
    groups = pd.Series(range(len(labels))).groupby(labels).indices
    for members in groups.values():
        yield from combinations(sorted(members.tolist()), 2)
