"""Work on a history alone, killed and failed at every single step: `python -m tests.e2e.faulty_history KIND FAULT`."""

from __future__ import annotations

import errno
import functools
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crmsheet.app import schemas
from crmsheet.app.git_setup import install
from crmsheet.app.versions import history_of
from crmsheet.core.errors import WriteFailed
from crmsheet.history.verifying import DAMAGE
from tests.e2e.faulty import LEFT, Case, Trace, case, failing, killed, killed_half_way, raw, written
from tests.e2e.faulty_deeds import SECRET, repository
from tests.properties.walking import holds, said_in

Faults = tuple[tuple[str, Any, bool], ...]
KILLS: Faults = (("killed", killed, False), ("killed half-way", killed_half_way, False))
FAILURES: Faults = tuple(
    (errno.errorcode[code], failing(code), on)
    for code, on in ((errno.ENOSPC, False), (errno.EIO, True), (errno.EACCES, False))
)


def told(book: Path) -> dict[str, Any]:
    """What a history says of itself that the deeds change: the tags, and the versions that gave something up."""
    history = history_of(book)
    return {"tags": dict(history.tags()), "gone": {each.id: each.gone for each in history.versions()}}


def sound(case: Case, before: Mapping[str, dict[str, bytes]], where: str) -> None:
    """The history is whole: what was not given up comes back byte for byte."""
    history = history_of(case.book)
    assert history.damage() == (), where
    assert [str(each.text) for each in history.verify() if each.kind == DAMAGE] == [], where
    gone = told(case.book)["gone"]
    assert gone.keys() >= before.keys(), f"{where}: the chain has lost a link"
    for version, files in before.items():
        if not gone[version]:
            restored = history.restore(version)
            assert restored.exact, where
            assert restored.files == files, where


def finished(case: Case, before: Mapping[str, dict[str, bytes]], where: str, end: Mapping[str, Any]) -> None:
    """Done again it comes to its end, and work goes on."""
    if told(case.book) != end:
        case.prepare()()
    assert told(case.book) == end, where
    sound(case, before, where)
    written(case.book, "next")
    sound(case, before, where)
    left = [each.name for each in case.folder.rglob("*") if each.name.endswith(LEFT)]
    assert left == [], f"{where}: {left}"
    if case.kind.endswith("redact"):
        packs = [each.read_bytes() for each in history_of(case.book).folder.iterdir() if each.suffix == ".pack"]
        assert not any(SECRET.encode() in each for each in said_in(packs)), f"{where}: the value is still there"


def everywhere(case: Case, faults: Faults) -> str:
    """Every fault at every step of a deed on a history."""
    case.begin()
    book = raw(case.book)
    before = {each.id: dict(history_of(case.book).restore(each.id).files) for each in history_of(case.book).versions()}
    start = told(case.book)
    with Trace()() as trace:
        case.prepare()()
    end = told(case.book)
    assert end != start
    assert case.kind.endswith("tag") or any(end["gone"].values())
    assert not case.kind.endswith("redact") or any(holds(each, SECRET) for each in before.values())
    finished(case, before, "a clean run", end)
    case.begin()
    work, refused = case.prepare(), 0
    for at, name in enumerate(trace.names):
        for called, wrong, on in faults:
            if wrong is killed_half_way and name != "write":
                continue
            case.begin()
            where = f"{called} {'from' if on else 'at'} step {at}, {name}"
            refused += spoilt(work, Trace(at, wrong, on=on), killing=faults is KILLS)
            assert raw(case.book) == book, f"{where}: the book was touched"
            sound(case, before, where)
            finished(case, before, where, end)
    assert refused, "no fault ever hurt"
    return f"{len(trace.names)} steps, {refused} cut off or refused"


def spoilt(work: Any, trace: Trace, *, killing: bool) -> bool:
    """Does the work with a fault; whether it was cut off or refused."""
    if not killing:
        with trace():
            try:
                work()
            except WriteFailed:
                return True
        return False
    child = os.fork()
    if child == 0:
        with trace():
            work()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status), "the step was not reached"
    return os.WTERMSIG(status) == signal.SIGKILL


def install_everywhere(home: Path, faults: Faults) -> str:
    """`git install`: each file is the old or the new one, and done again it comes to the same end."""

    def fresh() -> Path:
        folder = Path(tempfile.mkdtemp(dir=home))
        (folder / "客户.csv").write_text("客户编号,客户名称\nC1,甲公司\n", "utf-8")
        (folder / ".gitattributes").write_text("*.png binary\n")
        repository(folder)
        return folder

    def files(folder: Path) -> dict[str, bytes]:
        return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}

    clean = fresh()
    old = files(clean)
    with Trace()() as trace:
        install(clean)
    new = files(clean)
    assert new != old
    refused = 0
    for at, name in enumerate(trace.names):
        for called, wrong, on in faults:
            if wrong is killed_half_way and name != "write":
                continue
            folder = fresh()
            where = f"git install, {called} at step {at}, {name}"
            refused += spoilt(functools.partial(install, folder), Trace(at, wrong, on=on), killing=faults is KILLS)
            for each, content in files(folder).items():
                assert each.endswith(LEFT) or content in (old.get(each), new.get(each)), f"{where}: half of {each}"
            install(folder)
            # What a living process could not remove stays while it lives.
            there = {each: content for each, content in files(folder).items() if not (on and each.endswith(LEFT))}
            assert there == new, where
    assert refused
    return f"{len(trace.names)} steps, {refused} cut off or refused"


@contextmanager
def quick() -> Iterator[Path]:
    schemas.load = functools.cache(schemas.load)
    with tempfile.TemporaryDirectory() as home:
        yield Path(home)


def main(kind: str, fault: str) -> None:
    faults = KILLS if fault == "kill" else FAILURES
    with quick() as home:
        print(install_everywhere(home, faults) if kind == "git" else everywhere(case(kind, home), faults))


if __name__ == "__main__":
    main(*sys.argv[1:])
