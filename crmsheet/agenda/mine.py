"""What one person needs beside the agenda: what was said last, and when the next customer is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from crmsheet.agenda.plan import Fields
from crmsheet.core.context import Context
from crmsheet.engine import Engine

_OWNERS = "SELECT DISTINCT owner FROM agenda_plan_ WHERE owner IS NOT NULL ORDER BY owner"

# The latest follow-up that has words; of several at one time the one lowest in the sheet was typed last.
_SAID = """
WITH said AS (
  SELECT trim(customer_id) AS customer, summary,
         row_number() OVER (PARTITION BY trim(customer_id) ORDER BY "at" DESC, row_ DESC) AS place
  FROM interactions
  WHERE active_ AND customer_id IS NOT NULL AND summary IS NOT NULL AND CAST("at" AS DATE) <= $today)
SELECT p.row_, said.summary AS words FROM said JOIN agenda_plan_ p ON p.key_ = said.customer WHERE place = 1
"""

# A book of one sheet keeps what was said in the notes, the newest below.
_NOTED = """
SELECT row_, regexp_extract(notes, '([^\n]*\\S)\\s*$', 1) AS words FROM customers WHERE active_ AND notes IS NOT NULL
"""

_NEXT = """
SELECT due, key_, name FROM agenda_plan_
WHERE owner = $owner AND blocked IS NULL AND due > $until ORDER BY due, key_, row_ LIMIT 1
"""


def owners(engine: Engine) -> Sequence[str]:
    """Everybody who owns a customer; the plan has to be saved."""
    return list(engine.sql(_OWNERS)["owner"])


def said_last(engine: Engine, fields: Fields, context: Context) -> Mapping[int, str]:
    """Row of a customer -> the words of the latest contact; the plan has to be saved."""
    if {"customer_id", "at", "summary"} <= fields.get("interactions", frozenset()):
        found = engine.sql(_SAID, today=context.today)
    elif "notes" in fields.get("customers", frozenset()):
        found = engine.sql(_NOTED)
    else:
        return {}
    return dict(zip(found["row_"].tolist(), found["words"].tolist(), strict=True))


def next_due(engine: Engine, owner: str, until: dt.date) -> tuple[dt.date, str, str] | None:
    """The first day after `until` on which a customer of an owner is due, with that customer's key and name."""
    found = engine.sql(_NEXT, owner=owner, until=until)
    if found.empty:
        return None
    due, key, name = found.iloc[0].tolist()
    return due.date(), str(key), str(name)
