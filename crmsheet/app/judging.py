"""The trade's verdict on a loaded book: rules, duplicates, grades, follow-ups - each asked for by name."""

from __future__ import annotations
