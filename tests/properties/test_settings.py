"""Whatever is said where: the highest layer wins and is named, and what is shown can be said again."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from crmsheet.app.setting_keys import KEYS, spelt
from crmsheet.app.settings import resolve
from crmsheet.resources import speech

_WHOLE = st.integers(1, 1000)
VALUES = {
    "actor": st.sampled_from(["李雷", "E01", "li.lei"]),
    "lang": st.sampled_from(["zh", "en"]),
    "region": st.sampled_from(["CN", "DE", "US"]),
    "currency": st.sampled_from(["CNY", "EUR"]),
    "phone_form": st.sampled_from(["national", "international", "e164"]),
    "date_order": st.sampled_from(["dmy", "mdy", "ymd"]),
    "key_prefix": st.sampled_from(["K", "C-", "kunde_"]),
    "returns": st.sampled_from(["negative", "marked"]),
    "dedupe.trusted_sources": st.lists(st.sampled_from(["ERP", "官网", "Trade fair"]), min_size=1, unique=True).map(
        tuple
    ),
    "nightly.merge": st.sampled_from(["review", "sure"]),
    "nightly.budget_rows": st.floats(0, 1),
    "nightly.budget_merges": _WHOLE,
    "tier.a": st.floats(0, 0.5),
    "tier.b": st.floats(0.95, 1),
    "tier.months": _WHOLE,
    "followup.cadence": st.fixed_dictionaries({"A": _WHOLE, "B": _WHOLE, "C": _WHOLE}),
    "followup.horizon_days": _WHOLE,
    "followup.stale_days": _WHOLE,
}
LAYER = st.fixed_dictionaries({}, optional=VALUES)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {days}" for name, days in value.items()) + " }"
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return f'"{value}"' if isinstance(value, str) else repr(value)


@given(LAYER, LAYER)
def test_the_highest_layer_wins_and_is_named(in_file, in_environment):
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"{name} = {_toml(value)}" for name, value in in_file.items()]
        (Path(folder) / "crmsheet.toml").write_text("\n".join(lines), "utf-8")
        environment = {KEYS[name].variable: spelt(value) for name, value in in_environment.items()}
        resolved = resolve(Path(folder) / "book.xlsx", environment=environment)
    for name in VALUES:
        value = getattr(resolved.settings, KEYS[name].field)
        source = speech("en").say(resolved.sources[name].text)
        if name in in_environment:
            assert (value, source) == (in_environment[name], f"environment {KEYS[name].variable}")
        elif name in in_file:
            line = list(in_file).index(name) + 1
            assert (value, source) == (in_file[name], f"{Path(folder) / 'crmsheet.toml'}:{line}")
        else:
            assert (value, source) == ("en" if name == "lang" else KEYS[name].default, "default")


@given(LAYER)
def test_what_is_shown_can_be_said_again(given_values):
    environment = {KEYS[name].variable: spelt(value) for name, value in given_values.items()}
    once = resolve(Path("/nowhere/book.xlsx"), environment=environment).settings
    again = {key.variable: spelt(getattr(once, key.field)) for key in KEYS.values()}
    assert resolve(environment=again).settings == once
