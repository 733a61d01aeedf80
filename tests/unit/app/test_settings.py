"""Settings: typos are errors that say where and what was meant."""

from __future__ import annotations

import pytest

from crmsheet.app.settings import find_settings, language, load_settings
from crmsheet.core.context import Settings
from crmsheet.core.errors import SettingsError


def write(folder, text):
    path = folder / "crmsheet.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_means_the_defaults():
    assert load_settings(None) == Settings()


def test_values_are_taken_over_the_defaults(tmp_path):
    path = write(
        tmp_path,
        'book = "b.xlsx"\nregion = "DE"\n[nightly]\nmerge = "sure"\nbudget_rows = 1\n[followup]\ncadence = { A = 3 }\n',
    )
    settings = load_settings(path)
    assert (settings.region, settings.merge, settings.budget_rows) == ("DE", "sure", 1.0)
    assert settings.book == str(tmp_path / "b.xlsx")
    assert settings.cadence == {"A": 3, "B": 30, "C": 90}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('lang = "zh"\nregoin = "CN"\n', 2, "Did you mean `region`"),
        ('[nightly]\n# a\nmerg = "sure"\n', 3, "Did you mean `nightly.merge`"),
        ('[nightly]\nmerge = "always"\n', 2, "one of review, sure"),
        ("[tier]\na = 'much'\n", 2, "a value like 0.8"),
        ("[tier]\nmonths = -1\n", 2, "a value like 12"),
        ("[followup]\ncadence = { D = 3 }\n", 2, "days for A, B and C"),
        ('lang = "zh\n', 1, "Correct the line"),
        ("xyzzy = 1\n", 1, "Known keys"),
    ],
)
def test_mistakes_name_the_line_and_the_way_out(tmp_path, text, line, said):
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, text))
    error = caught.value
    assert error.exit_code == 4
    assert error.facts["line"] == line
    from crmsheet.resources import speech

    assert said in speech("en").say(error.next_step)


def test_a_file_in_a_parent_folder_is_found(tmp_path):
    path = write(tmp_path, "")
    (tmp_path / "a/b").mkdir(parents=True)
    assert find_settings(tmp_path / "a/b") == path
    assert find_settings(tmp_path / "a/book.xlsx") == path


@pytest.mark.parametrize(
    ("flag", "environment", "setting", "expected"),
    [("zh", "en_US", "en", "zh"), ("", "zh_CN.UTF-8", "", "zh"), ("", "de_DE", "", "en"), ("", "de_DE", "zh", "zh")],
)
def test_language(monkeypatch, flag, environment, setting, expected):
    for name in ("CRMSHEET_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", environment)
    assert language(flag, Settings(lang=setting)) == expected
