"""The language to speak before a book is open."""

from __future__ import annotations

import os
from pathlib import Path

from crmsheet.app.settings import locale_language, resolve
from crmsheet.core.errors import SettingsError
from crmsheet.core.messages import Speech
from crmsheet.resources import LANGUAGES, speech


def speech_for(flag: str, book: Path | None = None) -> Speech:
    """How to speak: the flag decides, then the settings of the book (or of this folder).

    Where the settings are wrong, which the command itself will tell, the environment decides.
    """
    if flag in LANGUAGES:
        return speech(flag)
    try:
        return speech(resolve(book).settings.lang)
    except (SettingsError, OSError):
        wished = os.environ.get("CRMSHEET_LANG", "")
        return speech(wished if wished in LANGUAGES else locale_language(os.environ)[0])
