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

    def bits(self, levels: Levels, holders: npt.NDArray[np.int64], rows: int) -> Bits:
        """Bits of each pair: `holders` is k of the value agreed on (any number where there is none)."""
        expected = self.shared + np.maximum(0, holders - 2)
        same = np.minimum(self.most, np.log2((rows + self.backing) / expected))
        out = np.zeros(len(levels))
        for level in AGREEING:
            at = levels == level
            out[at] = np.maximum(self.least, same[at] - self.less.get(level.name, 0.0))
        for name, value in self.against.items():
            out[levels == Level[name]] = value
        return out


@dataclass(frozen=True, slots=True)
class Block:
    """One blocking key: the columns whose values must all be shared, and by how many rows at most."""

    of: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Guards:
    """What a sure pair needs beside its weight."""

    counts_from: float
    proof_names: int
    identifying: tuple[str, ...]
    after_same_name: int
    after_close_name: int
    after_partial_name: int
    close_enough_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """All of `weights.yaml`."""

    expected: float
    echo: float
    smallest_book: int
    sure: float
    review: float
    guards: Guards
    comparisons: Mapping[str, Comparison]
    blocks: tuple[Block, ...]
    second_key: tuple[str, ...]

    def prior(self, rows: int) -> float:
        """Log2 of the odds that two rows taken at random are one customer."""
        return float(np.log2(2 * self.expected / max(rows, self.smallest_book)))


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The shipped weights."""
    return parse(yaml.safe_load(files(__package__).joinpath("weights.yaml").read_text("utf-8")))


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
        comparisons=comparisons,
        blocks=tuple(Block(tuple(each["of"]), each["most"]) for each in found["blocks"]),
        second_key=tuple(found["second_key"]),
    )
