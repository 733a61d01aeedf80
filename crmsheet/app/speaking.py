"""The language to speak before a book is open."""

from __future__ import annotations

import os
from pathlib import Path

from crmsheet.app.settings import find_settings, language, load_settings
from crmsheet.core.context import Settings
from crmsheet.core.errors import SettingsError
from crmsheet.core.messages import Speech
from crmsheet.resources import speech


def speech_for(flag: str, book: Path | None = None) -> Speech:
    """How to speak: the flag, CRMSHEET_LANG, the settings of the book (or of this folder), then the locale decide."""
    return speech(language(flag, Settings() if flag else _settings(book)))


def _settings(book: Path | None) -> Settings:
    """The settings that hold for a book; the defaults where they are wrong, which the command itself will tell."""
    named = book or Path(os.environ.get("CRMSHEET_BOOK", ""))
    try:
        return load_settings(find_settings(named.absolute().parent if named.name else Path.cwd()))
    except (SettingsError, OSError):
        return Settings()
