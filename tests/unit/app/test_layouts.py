"""What a user settles about a sheet: read with its slips, written without touching what stands there."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from crmsheet.app.layouts import pins
from crmsheet.app.settings import resolve
from crmsheet.app.settling import lines, settled
from crmsheet.book.blocks import Pin
from crmsheet.core.errors import SettingsError
from crmsheet.schema import load
from tests.conftest import ROOT

SCHEMA = load(ROOT / "schemas")
TOML = Path("crmsheet.toml")


@pytest.fixture(autouse=True)
def _desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRMSHEET_BOOK", raising=False)


def read(text):
    TOML.write_text(text, "utf-8")
    return resolve(Path("客户.xlsx"), environment={})


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        ('[layout."客户"]\nheader = 3', Pin((3,))),
        ("[layout.客户]\nheader = [3, 4]\nlast = 120".replace("客户", '"客户"'), Pin((3, 4), "", 120)),
        ('[layout."客户"]\nheader = 0', Pin((0,))),
        (
            '[layout."客户"]\ntable = "联系人"\nfill = ["A", "AB"]\nsure = true',
            Pin((), "contacts", 0, ("A", "AB"), True),
        ),
    ],
)
def test_a_layout_becomes_a_pin(text, pin):
    resolved = read(text)
    assert pins(Path("客户.xlsx"), resolved.settings, SCHEMA) == {"客户": pin}
    assert all(each.line for name, each in resolved.sources.items() if name.startswith("layout."))


def test_a_sheet_may_have_a_dot_in_its_name():
    assert read('[layout."v1.2"]\nheader = 2').settings.layout == {"v1.2": {"header": 2}}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('lang = "zh"\n[layout."客户"]\nheader = [3, 5]', 3, "[3, 5]"),
        ('[layout."客户"]\nheader = -1', 2, "-1"),
        ('[layout."客户"]\nheader = true', 2, "True"),
        ('[layout."客户"]\nheader = []', 2, "[]"),
        ('[layout."客户"]\nlast = 0', 2, "a row like 120"),
        ('[layout."客户"]\nfill = ["a1"]', 2, 'letters of columns like ["B"]'),
        ('[layout."客户"]\nsure = 1', 2, "true or false"),
        ('[layout."客户"]\nheadr = 3', 2, "header, table, last, fill, sure"),
        ("[layout]\nheader = 3", 2, "with the name of the sheet"),
    ],
)
def test_a_slip_names_the_line_and_what_may_stand_there(text, line, said):
    with pytest.raises(SettingsError) as raised:
        read(text)
    assert raised.value.facts["line"] == line
    assert said in str(raised.value)


def test_a_table_that_nobody_knows_is_a_slip_too():
    resolved = read('[layout."客户"]\nheader = 2\ntable = "custmers"')
    with pytest.raises(SettingsError, match=r"line 3: `layout.客户.table` is 'custmers'.*customers"):
        pins(Path("客户.xlsx"), resolved.settings, SCHEMA)


def test_lines_are_toml():
    layouts = {"客户": {"header": [3, 4], "sure": True}, 'a"b\\c': {"fill": ["A"]}, "Sheet1": {"last": 7}}
    said = tomllib.loads("\n".join(lines({"region": "DE"}, layouts)))
    assert said == {"region": "DE", "layout": layouts}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet",
        'book = "客户.xlsx"  # 客户簿\n',
        '\ufeffbook = "b.xlsx"\n\n[nightly]\nmerge = "sure"',
        '[layout."客户"]  # 表头\nlast = 9\n\n[tier]\na = 0.8\n',
        "[layout.'客户']\nlast = 9\n",
    ],
)
def test_lines_are_added_and_nothing_else_is_touched(text, newline):
    text = text.replace("\n", newline)
    made = settled(TOML, text, {"region": "DE"}, {"客户": {"header": [2, 3]}, "Sheet1": {"header": 4}})
    said = tomllib.loads(made.removeprefix("\ufeff"))
    assert said["region"] == "DE"
    assert said["layout"]["客户"]["header"] == [2, 3]
    assert said["layout"]["Sheet1"] == {"header": 4}
    rest = iter(made.splitlines(keepends=True))
    assert all(any(line.rstrip("\r\n") == each.rstrip("\r\n") for each in rest) for line in text.splitlines())
    if "\r\n" in text:
        assert "\n" not in made.replace("\r\n", "")


@pytest.mark.parametrize("text", ['layout = { "客户" = { last = 8 } }\n', 'layout."客户".last = 8\n[tier]\na = 0.8\n'])
def test_a_file_that_cannot_take_them_is_refused_with_the_lines(text):
    with pytest.raises(SettingsError, match=r"header = 2"):
        settled(TOML, text, {}, {"客户": {"header": 2}})
