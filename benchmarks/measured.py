"""One way of doing a piece of work, run as a process of its own that says how much CPU the work itself took.

Imports and the list of edits are made before the clock starts, for every way; so a library is not charged for being
large. The garbage collector rests in all of them, as it does in `crmsheet`.
"""

from __future__ import annotations

import gc
import json
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from processes import insist, run


@dataclass(frozen=True, slots=True)
class Work:
    """Seconds of CPU (user and system) and of wall clock of the work, and the peak memory of its process in MiB."""

    cpu: float
    wall: float
    peak: float


def timed(work: Callable[[], object]) -> None:
    """Does the work and prints its figures: the last thing that a process of one way does."""
    gc.disable()
    cpu, wall = time.process_time(), time.perf_counter()
    kept = work()  # not thrown away before the clock stops
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}), flush=True)
    del kept


def least(name: str, command: Sequence[str], times: int) -> Work:
    """The run with the least CPU of several: noise only ever adds."""
    found = []
    for _ in range(times):
        made = insist(name, run(command))
        figures = json.loads(made.said.splitlines()[-1])
        found.append(Work(figures["cpu"], figures["wall"], made.peak))
    return min(found, key=lambda each: each.cpu)


def way(script: str, name: str, *words: object) -> list[str]:
    """The command that runs one way of a script."""
    return [sys.executable, script, "--way", name, *map(str, words)]


def exponent(cpu: Mapping[int, float]) -> float:
    """The slope of log(CPU) over log(rows), by least squares: 1 is linear."""
    points = [(math.log(rows), math.log(seconds)) for rows, seconds in cpu.items()]
    x, y = (sum(each) / len(points) for each in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)
