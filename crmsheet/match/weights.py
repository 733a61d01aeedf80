"""What agreements and disagreements are worth: `weights.yaml`, read once and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

Bits = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int8]
Positions = npt.NDArray[np.int64]


class Level(IntEnum):
    """How two values agree. `part`: one is incomplete (王总 / 王伟); `near`: alike, yet no agreement (Anna / Anne)."""

    missing = 0
    same = 1
    variant = 2
    close = 3
    part = 4
    near = 5
    different = 6
    conflict = 7


AGREEING = (Level.same, Level.variant, Level.close, Level.part)
"""The levels that speak for a pair, all in a row."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of `comparisons`: see the head of `weights.yaml`."""

    name: str
    kind: str
    shared: float
    backing: float
    count: str
    most: float
    least: float
    less: Mapping[str, float]
    against: Mapping[str, float]
    kind_against: str = ""
    proves: bool = True

    @property
    def kinds(self) -> tuple[str, str]:
        """The kind of news when it speaks for a pair, and against."""
        return self.kind, self.kind_against or self.kind

    def bits(self, levels: Levels, holders: npt.NDArray[np.int64], rows: int, chance: Bits | None = None) -> Bits:
        """Bits of each pair: `holders` is k of the value agreed on (any number where there is none).

        `chance` is how many others are expected to hold it, where that is known better than by looking at it alone.
        """
        fixed = np.array([self.against.get(level.name, 0.0) for level in Level])
        less = np.array([self.less.get(level.name, 0.0) for level in Level])
        out: Bits = fixed[levels]
        at = np.flatnonzero((levels >= AGREEING[0]) & (levels <= AGREEING[-1]))
        others = np.maximum(0, holders[at] - 2)
        expected = self.shared + (others if chance is None else np.maximum(others, chance[at]))
        same = np.minimum(self.most, np.log2((rows + self.backing) / expected))
        out[at] = np.maximum(self.least, same - less[levels[at]])
        return out


@dataclass(frozen=True, slots=True)
class Blocking:
    """Where candidate pairs come from: see `blocking` in `weights.yaml`."""

    most: int
    few: int
    small: int
    parted: int
    worth: int
    row: int
    exact: tuple[tuple[str, ...], ...]
    loose: tuple[tuple[str, ...], ...]
    second: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guards:
    """What a sure pair needs beside its weight."""

    counts_from: float
    proof_names: int
    identifying: tuple[str, ...]
    personal: tuple[str, ...]
    after_same_name: int
    after_close_name: int
    after_partial_name: int
    close_enough_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kin:
    """How many others of one house a customer is expected to have in the book, and what each kind they share brings."""

    expected: float
    people: Mapping[str, float]
    firms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """All of `weights.yaml`."""

    expected: float
    echo: float
    smallest_book: int
    sure: float
    review: float
    guards: Guards
    kin: Kin
    houses: float
    comparisons: Mapping[str, Comparison]
    blocking: Blocking

    def prior(self, rows: int) -> float:
        """Log2 of the odds that two rows taken at random are one customer."""
        return float(np.log2(2 * self.expected / max(rows, self.smallest_book)))


FAST_AND_SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C where there is one: the other takes as long as matching a small book."""


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The shipped weights."""
    return parse(yaml.load(files(__package__).joinpath("weights.yaml").read_text("utf-8"), FAST_AND_SAFE))  # noqa: S506  (it is a safe loader)


def parse(found: Mapping[str, Any]) -> Weights:
    """Weights of a parsed YAML document.

    Raises:
        ValueError: a level or a comparison that does not exist is named.
        TypeError: a setting is missing or unknown.
    """
    comparisons = {name: Comparison(name=name, **entry) for name, entry in found["comparisons"].items()}
    for each in comparisons.values():
        unknown = {*each.less, *each.against} - set(Level.__members__)
        if unknown:
            raise ValueError(f"{each.name}: no such level: {', '.join(sorted(unknown))}")
    guards: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in found["guards"].items()}
    return Weights(
        expected=found["expected"],
        echo=found["echo"],
        smallest_book=found["smallest_book"],
        sure=found["bands"]["sure"],
        review=found["bands"]["review"],
        guards=Guards(**guards),
        kin=Kin(**found["kin"]),
        houses=found["houses"],
        comparisons=comparisons,
        blocking=_blocking(**found["blocking"]),
    )


def _blocking(exact: list[list[str]], loose: list[list[str]], second: list[str], **limits: int) -> Blocking:
    return Blocking(exact=tuple(map(tuple, exact)), loose=tuple(map(tuple, loose)), second=tuple(second), **limits)
