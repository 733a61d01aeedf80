"""Settings: the highest layer wins and is named; slips are errors that say where and what was meant."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from crmsheet.app.request import Request
from crmsheet.app.setting_keys import KEYS
from crmsheet.app.settings import book_path, find_settings, resolve
from crmsheet.app.speaking import speech_for
from crmsheet.core.context import Settings
from crmsheet.core.errors import NoBook, SettingsError, VariableWrong
from crmsheet.resources import speech

ENGLISH = speech("en")


def write(folder, text):
    path = folder / "crmsheet.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _desk(tmp_path, monkeypatch):
    """An empty folder, and an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in ("CRMSHEET_BOOK", "CRMSHEET_LANG", "CRMSHEET_REGION", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def sources(resolved, *names):
    return tuple(ENGLISH.say(resolved.sources[name].text) for name in names)


def test_nothing_said_means_the_defaults_the_login_and_the_locale():
    resolved = resolve(login="li", environment={"LANG": "zh_CN.UTF-8"})
    assert resolved.settings == Settings(actor="li", lang="zh")
    assert resolved.file is None
    assert sources(resolved, "actor", "lang", "region") == ("name of the login", "locale LANG=zh_CN.UTF-8", "default")


def test_values_are_taken_over_the_defaults(tmp_path):
    write(
        tmp_path,
        'book = "b.xlsx"\nregion = "DE"\n[nightly]\nmerge = "sure"\nbudget_rows = 1\n[followup]\ncadence = { A = 3 }\n',
    )
    resolved = resolve(environment={})
    settings = resolved.settings
    assert (settings.region, settings.merge, settings.budget_rows) == ("DE", "sure", 1.0)
    assert type(settings.budget_rows) is float
    assert settings.book == str(tmp_path / "b.xlsx")
    assert settings.cadence == {"A": 3, "B": 30, "C": 90}
    assert sources(resolved, "region", "nightly.merge", "followup.cadence", "tier.a") == (
        "crmsheet.toml:2", "crmsheet.toml:4", "crmsheet.toml:7", "default",
    )  # fmt: skip


def test_each_layer_covers_the_one_below(tmp_path):
    write(tmp_path, 'lang = "zh"\nregion = "DE"\nactor = "王敏"\n[followup.cadence]\nA = 3\nB = 20\n')
    environment = {"CRMSHEET_REGION": "FR", "CRMSHEET_LANG": "zh", "CRMSHEET_FOLLOWUP_CADENCE": "A=5, C:60"}
    resolved = resolve(Path("mine.xlsx"), "en", "li", environment)
    assert resolved.settings.cadence == {"A": 5, "B": 20, "C": 60}
    assert (resolved.settings.region, resolved.settings.lang, resolved.settings.actor) == ("FR", "en", "王敏")
    assert sources(resolved, "region", "lang", "actor", "book", "followup.cadence") == (
        "environment CRMSHEET_REGION", "flag --lang", "crmsheet.toml:3", "argument BOOK",
        "environment CRMSHEET_FOLLOWUP_CADENCE",
    )  # fmt: skip


def test_an_empty_text_says_nothing(tmp_path):
    write(tmp_path, 'lang = ""\nactor = ""\nbook = ""\ndate_order = ""\n')
    resolved = resolve(login="li", environment={"LANG": "zh_CN", "CRMSHEET_ACTOR": "", "CRMSHEET_REGION": ""})
    assert resolved.settings == Settings(actor="li", lang="zh")
    assert set(sources(resolved, *KEYS)) == {"default", "name of the login", "locale LANG=zh_CN"}


def test_a_file_in_a_parent_folder_is_found_and_named_whole(tmp_path):
    path = write(tmp_path, 'region = "DE"\n')
    (tmp_path / "a/b").mkdir(parents=True)
    assert find_settings(tmp_path / "a/b") == path
    assert find_settings(tmp_path / "a/book.xlsx") == path


def test_the_settings_beside_the_book_hold_not_those_of_this_folder(tmp_path):
    write(tmp_path, 'region = "DE"\n')
    (tmp_path / "a").mkdir()
    write(tmp_path / "a", 'region = "FR"\n')
    assert resolve(Path("a/book.xlsx"), environment={}).settings.region == "FR"
    assert resolve(environment={"CRMSHEET_BOOK": "a/book.xlsx"}).settings.region == "FR"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('lang = "zh"\nregoin = "CN"\n', 2, "Did you mean `region`"),
        ('[nightly]\n# a\nmerg = "sure"\n', 3, "Did you mean `nightly.merge`"),
        ('[nightlly]\nmerge = "sure"\n', 2, "Did you mean `nightly.merge`"),
        ('merge = "sure"\n', 1, "Did you mean `nightly.merge`"),
        ('[nightly]\nmerge = "always"\n', 2, "one of review, sure"),
        ("[tier]\na = 'much'\n", 2, "a number between 0 and 1, like 0.8"),
        ("[tier]\na = 80\n", 2, "a number between 0 and 1, like 0.8"),
        ("[tier]\na = true\n", 2, "a number between 0 and 1, like 0.8"),
        ("[tier]\nmonths = -1\n", 2, "a whole number from 1 up, like 12"),
        ("[tier]\nmonths = 1.5\n", 2, "a whole number from 1 up, like 12"),
        ("[tier]\na = 0.9\nb = 0.8\n", 2, "must not be less than `tier.a`"),
        ("[followup]\ncadence = { D = 3 }\n", 2, "days for A, B and C"),
        ("[followup.cadence]\nA = 0\n", 1, "days for A, B and C"),
        ("[followup]\ncadence = 7\n", 2, "days for A, B and C"),
        ('[dedupe]\ntrusted_sources = "ERP"\n', 2, "texts like"),
        ("[dedupe]\ntrusted_sources = [1]\n", 2, "texts like"),
        ('region = "China"\n', 1, "two capital letters like CN"),
        ('currency = "¥"\n', 1, "three capital letters like CNY"),
        ('key_prefix = "1"\n', 1, "Latin letters like K"),
        ('phone_form = "+86"\n', 1, "one of national, international, e164"),
        ('lang = "fr"\n', 1, "one of zh, en"),
        ("book = 1\n", 1, "a text like"),
        ('[book]\npath = "a.xlsx"\n', 1, "a text like"),
        ("actor = []\n", 1, "a text like"),
        ('lang = "zh\n', 1, "Correct the line"),
        ("xyzzy = 1\n", 1, "Known keys"),
    ],
)
def test_slips_in_the_file_name_the_line_and_the_way_out(tmp_path, text, line, said):
    write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        resolve(environment={})
    error = caught.value
    assert error.exit_code == 4
    assert (error.facts["path"], error.facts["line"]) == ("crmsheet.toml", line)
    assert said in ENGLISH.say(error.next_step)


WRONG = {
    "lang": "fr", "region": "cn", "currency": "RMB!", "phone_form": "local", "date_order": "year", "key_prefix": "客",
    "returns": "yes", "nightly.merge": "1", "nightly.budget_rows": "2%", "nightly.budget_merges": "1.5", "tier.a": "-1",
    "tier.b": "nan", "tier.months": "0", "followup.cadence": "A7", "followup.horizon_days": "-3",
    "followup.stale_days": "half a year", "history.daily": "-1", "history.weekly": "all", "history.monthly": "1.5",
}  # fmt: skip
ANY_TEXT = {"book", "actor", "dedupe.trusted_sources"}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_variable_is_named_with_what_it_must_be(name):
    variable = KEYS[name].variable
    with pytest.raises(VariableWrong) as caught:
        resolve(environment={variable: WRONG[name]})
    assert caught.value.exit_code == 4
    assert variable in ENGLISH.say(caught.value.message)
    assert WRONG[name] in ENGLISH.say(caught.value.message)
    assert ENGLISH.say(KEYS[name].form.expected) in ENGLISH.say(caught.value.next_step)


def test_every_setting_has_a_wrong_value_in_these_tests():
    assert set(WRONG) == set(KEYS) - ANY_TEXT


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("CRMSHEET_REGOIN", "CRMSHEET_REGION"),
        ("CRMSHEET_LANGUAGE", "CRMSHEET_LANG"),
        ("CRMSHEET_MERGE", "CRMSHEET_NIGHTLY_MERGE"),
        ("CRMSHEET_TIERA", "CRMSHEET_TIER_A"),
    ],
)
def test_a_variable_like_a_setting_is_a_slip(variable, meant):
    with pytest.raises(VariableWrong) as caught:
        resolve(environment={variable: "x"})
    assert f"Did you mean `{meant}`?" in ENGLISH.say(caught.value.next_step)


def test_other_variables_are_somebody_elses():
    environment = {"CRMSHEET_DEBUG": "1", "CRMSHEET_E2E": "required", "CRMSHEET_HOME": "/x", "CRMSHEET_VERSION": "3"}
    resolved = resolve(environment=environment)
    assert resolved.settings == Settings(lang="en")
    assert resolved.ignored == ("CRMSHEET_HOME", "CRMSHEET_VERSION")


def test_the_book_of_a_request(tmp_path, monkeypatch):
    now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    request = Request(now, now.date())
    with pytest.raises(NoBook):
        book_path(request)
    monkeypatch.setenv("CRMSHEET_BOOK", "a.xlsx")
    assert book_path(request)[0] == Path("a.xlsx")


@pytest.mark.parametrize(
    ("flag", "environment", "setting", "expected"),
    [
        ("zh", {"LANG": "en_US"}, 'lang = "en"', "zh"),
        ("", {"LANG": "zh_CN.UTF-8"}, "", "zh"),
        ("", {"LANG": "de_DE"}, "", "en"),
        ("", {"LANG": "de_DE"}, 'lang = "zh"', "zh"),
        ("", {"LANG": "de_DE", "LC_ALL": "zh_CN"}, "", "zh"),
        ("", {"LANG": "de_DE", "CRMSHEET_LANG": "en"}, 'lang = "zh"', "en"),
        ("", {"LANG": "zh_CN"}, 'lang = "klingon"', "zh"),
        ("", {"LANG": "de_DE", "CRMSHEET_LANG": "zh"}, 'lang = "klingon"', "zh"),
        ("", {"LANG": "zh_CN", "CRMSHEET_LANG": "fr"}, "", "zh"),
    ],
)
def test_the_language_to_speak(tmp_path, monkeypatch, flag, environment, setting, expected):
    write(tmp_path, setting)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert speech_for(flag).lang == expected
