"""The catalogue: English templates are the message ids, Chinese is `locale/zh/LC_MESSAGES/crmsheet.mo`."""

from __future__ import annotations

import gettext
from pathlib import Path

from crmsheet.core.messages import Speech

LANGUAGES = ("zh", "en")
LOCALE = Path(__file__).parent / "locale"


def speech(lang: str) -> Speech:
    """How to speak a language; an unknown one is English."""
    catalogue = gettext.translation("crmsheet", LOCALE, languages=[lang], fallback=True)
    return Speech(lang if lang in LANGUAGES else "en", lambda text: catalogue.gettext(text) if text else "")
