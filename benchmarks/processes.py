"""Runs a command as a whole process and measures it: what a user waits for, not what a function takes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

CRMSHEET = str(Path(sys.executable).with_name("crmsheet"))
"""The program as users run it, of the environment that runs the benchmark."""


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of wall clock and of CPU (user and system), peak resident memory in MiB, exit code, and what was said.

    CPU counts the process and the children that it waited for; the memory is that of the largest single process.
    """

    wall: float
    cpu: float
    peak: float
    code: int
    said: str


def run(command: Sequence[str], environment: dict[str, str] | None = None) -> Run:
    """Runs a command to its end. POSIX only: `os.wait4` is the one call that gives figures of exactly this child."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        child = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
        )
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)  # or Popen would look for a child that is gone
        output.seek(0)
        said = output.read().decode(errors="replace")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit, child.returncode, said)


def apart(work: Callable[P, T], *words: P.args, **named: P.kwargs) -> T:
    """What a function gives that needs much memory, called in a process of its own.

    A measured process begins as a copy of the one that starts it, and Linux counts that into its peak memory: so who
    measures stays small.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as elsewhere:
        return elsewhere.submit(work, *words, **named).result()


def best(command: Sequence[str], times: int) -> Run:
    """The run with the least CPU of several: noise only ever adds."""
    return min((run(command) for _ in range(times)), key=lambda each: each.cpu)


def insist(name: str, made: Run, allowed: Sequence[int] = (0,)) -> Run:
    """The run, if it ended as it should: a figure of a failed run is no figure.

    Raises:
        SystemExit: the command failed; its last words are shown.
    """
    if made.code not in allowed:
        raise SystemExit(f"{name} ended with {made.code}:\n{made.said[-2000:]}")
    return made
