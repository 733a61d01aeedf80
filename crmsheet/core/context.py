"""What no step may ask the clock, the environment or the locale: it is passed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that the trade reads; the defaults are the shipped policy. See docs/settings.md."""

    book: str = ""
    actor: str = ""
    lang: str = ""
    region: str = "CN"
    currency: str = "CNY"
    phone_form: str = "national"
    date_order: str = ""
    key_prefix: str = "K"
    returns: str = "negative"
    merge: str = "review"
    trusted_sources: tuple[str, ...] = ()
    budget_rows: float = 0.02
    budget_merges: int = 20
    tier_a: float = 0.80
    tier_b: float = 0.95
    tier_months: int = 12
    cadence: Mapping[str, int] = field(default_factory=lambda: {"A": 7, "B": 30, "C": 90})
    stale_days: int = 180
    horizon_days: int = 0
    keep_daily: int = 14
    keep_weekly: int = 8
    keep_monthly: int = 24
    layout: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """Today, who asks, the home region and the settings; `lang` is the language of words put into the book."""

    today: dt.date
    actor: str = ""
    region: str = "CN"
    lang: str = "zh"
    settings: Settings = field(default_factory=Settings)
    extra: Mapping[str, Any] = field(default_factory=dict)
