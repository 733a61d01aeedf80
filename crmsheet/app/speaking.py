"""The language to speak before a book is open."""

from __future__ import annotations

from crmsheet.app.settings import language
from crmsheet.core.context import Settings
from crmsheet.core.messages import Speech
from crmsheet.resources import speech


def speech_for(flag: str, settings: Settings | None = None) -> Speech:
    """How to speak: the flag, CRMSHEET_LANG, the settings, then the locale decide."""
    return speech(language(flag, settings or Settings()))
