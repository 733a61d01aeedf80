"""Files made to harm, and files damaged by chance: a sentence within two seconds and 500 MB, never a crash."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsheet.book.opening import open_book_file
from crmsheet.core.errors import BookError
from crmsheet.core.messages import Speech
from crmsheet.resources import speech
from tests.conftest import ROOT
from tests.unit.book.hostile import SECRET, Hostile, good, hostile, xlsb
from tests.unit.book.made import put
from tests.unit.book.test_foreign import FILES

SECONDS, MEGABYTES = 2.0, 500
# Opens each file in its own folder and tells what came of it, before the next: a crash shows in which it was.
CHILD = """
import json, os, resource, sys, time
from pathlib import Path
from crmsheet.book.opening import open_book_file
from crmsheet.book.foreign import reading
from crmsheet.core.errors import BookError
from crmsheet.resources import speech
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
said = {lang: speech(lang) for lang in ("en", "zh")}
for path in sorted(each for each in Path.cwd().iterdir() if each.name != "secret.txt"):
    begun, told = time.process_time(), {}
    try:
        opened = open_book_file(path)
        told["cells"] = [str(value) for sheet in opened.sheets for value in sheet.cells.iloc[:3].to_numpy().ravel()[:9]]
    except BookError as error:
        told = {"code": error.exit_code, **{lang: said[lang].say(error.message) for lang in said}}
        told["next"] = bool(error.next_step)
    told |= {"name": path.name, "seconds": time.process_time() - begun}
    unit = 1 << 10 if sys.platform == "linux" else 1 << 20
    told["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    print(json.dumps(told), flush=True)
"""


@cache
def cases() -> tuple[Hostile, ...]:
    return tuple(hostile())


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What a process that opened all of them told of each."""
    pytest.importorskip("resource", reason="limits of a process are of POSIX")
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "secret.txt").write_text(SECRET)
    for each in cases():
        put(folder, each.name, each.content)
    # Linux counts the peak of the process that starts another into that one's: so a small one starts it.
    command = ["sh", "-c", '"$0" -c "$1"; exit $?', sys.executable, CHILD]
    done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (told[-1:], done.stderr[-2000:])
    return {each["name"]: each for each in told}


def test_every_one_is_refused_with_a_sentence_or_read_for_what_it_is(outcomes):
    assert len({each.name for each in cases()}) == len(cases()) > 200
    for each in cases():
        told = outcomes[each.name]
        if "code" not in told:
            assert each.harmless, told
            continue
        assert told["code"] == 3
        assert told["next"]
        assert each.name in told["en"]
        assert each.name in told["zh"]
        assert told["en"] != told["zh"]
        assert "{" not in told["en"] + told["zh"]


def test_none_takes_long_or_much(outcomes):
    slow = [(told["name"], told["seconds"]) for told in outcomes.values() if told["seconds"] > SECONDS]
    assert not slow
    assert max(told["megabytes"] for told in outcomes.values()) < MEGABYTES


def test_nothing_outside_is_read(outcomes):
    assert SECRET not in json.dumps(list(outcomes.values()))


def test_every_refusal_of_the_real_files_is_a_sentence(real_data):
    refused = {}
    for path in sorted((real_data / "sheets").rglob("*")):
        if path.suffix.lower() in (".xls", ".xlsb", ".ods"):
            try:
                open_book_file(path)
            except BookError as error:
                refused[path.name] = error.exit_code
    assert 25 <= len(refused) <= 30
    assert set(refused.values()) == {3}


SEEDS = {
    "a.xlsx": good(),
    "a.xls": (FILES / "made.xls").read_bytes(),
    "a5.xls": (FILES / "biff5_write.xls").read_bytes(),
    "a.ods": (FILES / "made.ods").read_bytes(),
    "a.fods": (FILES / "made.fods").read_bytes(),
    "a.xlsb": (FILES / "date_1904.xlsb").read_bytes(),
    "plain.xlsb": xlsb(bytes(15), b"\x05\x10" + bytes(16)),
    "a.csv": '客户名称,电话\r\n"杭州,曜筠",0571\r\n'.encode("gb18030"),
    "page.xls": "<table><tr><td colspan=2>客户<td>&amp;</table>".encode(),
}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("name", SEEDS)
def test_damage_by_chance_is_read_or_refused(tmp_path, name, data):
    """Flipped bits, bytes put in and left out, a cut: nothing but cells or a refusal comes of it."""
    content = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        kind = data.draw(st.sampled_from(("flip", "put", "leave", "cut")))
        if kind == "flip" and content:
            content[at] ^= data.draw(st.integers(1, 255))
        elif kind == "put":
            content[at:at] = data.draw(st.binary(min_size=1, max_size=8))
        elif kind == "leave":
            del content[at : at + data.draw(st.integers(1, 8))]
        elif kind == "cut":
            del content[at:]
    path: Path = put(tmp_path, name, bytes(content))
    english: Speech = speech("en")
    try:
        said = path.name if open_book_file(path).sheets is not None else ""
    except BookError as error:
        said = english.say(error.message)
    assert path.name in said
