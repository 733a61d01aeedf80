"""Who is to be contacted: last contact, promise, due day (formulas R13), computed in SQL for every active customer.

Due is the promise, if one is open; else last contact + the cadence of the tier; else, without any contact, the day the
customer was created + the cadence; else today. A promise is the customer's `next_contact_at`, typed by hand, else the
`next_contact_at` of the latest follow-up. It is open until somebody was in contact on its day or later.
"""

from __future__ import annotations

from collections.abc import Mapping

from crmsheet.core.context import Context
from crmsheet.engine import Engine, columns

Fields = Mapping[str, frozenset[str]]

CONTACT = ("contact_name", "mobile", "phone", "email", "wechat")
"""What a salesperson needs at hand; shown if the book has it."""

_CUSTOMER_TYPES = {
    "name": "VARCHAR",
    "owner": "VARCHAR",
    "tier": "VARCHAR",
    "total_amount": "DOUBLE",
    "last_contact_at": "TIMESTAMP",
    "next_contact_at": "TIMESTAMP",
    "created_at": "TIMESTAMP",
    "do_not_contact": "BOOLEAN",
    "processing_restricted": "BOOLEAN",
    "coop_status": "VARCHAR",
    "stage": "VARCHAR",
    "preferred_channel": "VARCHAR",
    **dict.fromkeys(CONTACT, "VARCHAR"),
}
_INTERACTION_TYPES = {
    "customer_id": "VARCHAR",
    "at": "TIMESTAMP",
    "next_contact_at": "TIMESTAMP",
    "channel": "VARCHAR",
}
ASKED = frozenset({*_CUSTOMER_TYPES, *_INTERACTION_TYPES})
"""The fields that a plan reads, of customers, their follow-ups and the staff."""

_NO_CONTACTS = """
SELECT CAST(NULL AS VARCHAR) AS customer, CAST(NULL AS DATE) AS met, CAST(NULL AS DATE) AS promise,
       CAST(NULL AS VARCHAR) AS channel WHERE false
"""

# The latest contact of each customer; several at one time: the one lowest in the sheet was typed last.
_CONTACTS = """
WITH found AS (SELECT row_, {columns} FROM interactions WHERE active_),
numbered AS (
  SELECT trim(customer_id) AS customer, CAST("at" AS DATE) AS met, CAST(next_contact_at AS DATE) AS promise, channel,
         row_number() OVER (PARTITION BY trim(customer_id) ORDER BY "at" DESC, row_ DESC) AS place
  FROM found WHERE customer_id IS NOT NULL AND CAST("at" AS DATE) <= $today)
SELECT customer, met, promise, channel FROM numbered WHERE place = 1
"""

_FUTURE = """
SELECT (SELECT count(*) FROM agenda_plan_ WHERE future_contact) AS customers, {interactions} AS interactions
"""

_FUTURE_CONTACTS = '(SELECT count(*) FROM interactions WHERE active_ AND CAST("at" AS DATE) > $today)'

_NO_GRADES = """
SELECT CAST(NULL AS BIGINT) AS row_, CAST(NULL AS VARCHAR) AS tier, CAST(NULL AS DOUBLE) AS revenue WHERE false
"""

_NOBODY = """
SELECT CAST(NULL AS BIGINT) AS row_, CAST(NULL AS VARCHAR) AS key_, true AS active_ WHERE false
"""

_NO_STAFF = "SELECT CAST(NULL AS VARCHAR) AS id, CAST(NULL AS VARCHAR) AS person WHERE false"

# An owner is typed as a name or as a staff number; the number is said by name where it is one person's.
_STAFF = """
SELECT trim(key_) AS id, min(name) AS person FROM staff
WHERE active_ AND key_ <> '' AND name IS NOT NULL GROUP BY 1 HAVING count(*) = 1
"""

# `blocked` is the first reason in law, then in trade, why a customer is not to be contacted.
_PLAN = """
WITH base AS (
  SELECT c.row_, c.key_, coalesce(c.name, c.key_) AS name, coalesce(s.person, nullif(trim(c.owner), '')) AS owner,
         coalesce(g.tier, CASE WHEN c.tier IN ('A', 'B', 'C') THEN c.tier END) AS tier,
         coalesce(g.revenue, c.total_amount) AS value,
         CAST(c.last_contact_at AS DATE) AS kept, CAST(c.last_contact_at AS DATE) > $today AS ahead, i.met,
         CAST(c.next_contact_at AS DATE) AS promise, i.promise AS said,
         CASE WHEN CAST(c.created_at AS DATE) <= $today THEN CAST(c.created_at AS DATE) END AS created,
         coalesce(c.preferred_channel, i.channel) AS channel, {contact},
         CASE WHEN c.processing_restricted THEN 'restricted' WHEN c.do_not_contact THEN 'refused'
              WHEN c.coop_status IN ('ended', 'blacklisted') THEN 'ended'
              WHEN c.stage = 'lost' THEN 'lost' END AS blocked
  FROM (SELECT row_, key_, {columns} FROM {customers} WHERE active_) c
  LEFT JOIN agenda_contacts_ i ON i.customer = c.key_
  LEFT JOIN agenda_grades_ g ON g.row_ = c.row_
  LEFT JOIN agenda_staff_ s ON s.id = trim(c.owner)),
contacted AS (
  SELECT *, greatest(CASE WHEN NOT ahead THEN kept END, met) AS last_contact,
         CASE tier WHEN 'A' THEN $a WHEN 'B' THEN $b ELSE $c END AS cadence
  FROM base),
promised AS (
  SELECT *, CASE WHEN last_contact IS NULL OR promise > last_contact THEN promise END AS by_hand,
         CASE WHEN said > last_contact THEN said END AS by_note
  FROM contacted),
dated AS (
  SELECT *, CASE WHEN by_hand IS NOT NULL THEN 'promise' WHEN by_note IS NOT NULL THEN 'said'
                 WHEN last_contact IS NOT NULL THEN 'cadence' WHEN created IS NOT NULL THEN 'created'
                 ELSE 'never' END AS ground,
         CAST(coalesce(last_contact, created) + CAST(cadence AS INTEGER) AS DATE) AS suggested
  FROM promised)
SELECT row_, key_, name, owner, tier, value, coalesce(by_hand, by_note, suggested, $today) AS due, ground, blocked,
       last_contact, kept, met, suggested, created, cadence, coalesce(ahead, false) AS future_contact, channel, {names}
FROM dated
"""

# By owner (those without one last); then the grade, the value, the lateness; whoever was never contacted and has no
# date at all comes after those with one; the key and the row break every tie.
DUE = """
SELECT row_, key_, name, owner, tier, value, due,
       CAST(CAST($today AS DATE) - due AS BIGINT) AS overdue_days,
       ground, last_contact, created, cadence, channel, {names}
FROM agenda_plan_
WHERE blocked IS NULL AND due <= $until
ORDER BY owner IS NULL, owner, ground = 'never', coalesce(tier, 'C'), coalesce(value, 0) DESC, due, key_, row_
"""

BLOCKED = """
SELECT blocked, count(*) AS customers FROM agenda_plan_
WHERE blocked IS NOT NULL AND due <= $until GROUP BY blocked ORDER BY blocked
"""

DERIVED = """
SELECT row_, CASE WHEN met > kept OR kept IS NULL THEN met END AS contacted,
       CASE WHEN blocked IS NULL AND (ground = 'cadence' OR ground = 'created') THEN suggested END AS suggested
FROM agenda_plan_ WHERE met IS NOT NULL OR suggested IS NOT NULL ORDER BY row_
"""
"""Per row: the last contact, where the follow-ups know a later one than the sheet, and the next by cadence."""


def save_plan(engine: Engine, fields: Fields, context: Context) -> None:
    """Saves `agenda_plan_`: one row per active customer; `agenda_grades_` must be there (see `save_grades`)."""
    contacts = fields.get("interactions", frozenset())
    if {"customer_id", "at"} <= contacts:
        text = _CONTACTS.format(columns=columns(contacts, _INTERACTION_TYPES))
        engine.save("agenda_contacts_", text, today=context.today)
    else:
        engine.save("agenda_contacts_", _NO_CONTACTS)
    engine.save("agenda_staff_", _STAFF if "name" in fields.get("staff", frozenset()) else _NO_STAFF)
    cadence = context.settings.cadence
    rarest = max(cadence.values(), default=90)
    bound = fields.get("customers")
    if bound is None:
        engine.save("agenda_nobody_", _NOBODY)
    text = _PLAN.format(
        customers="agenda_nobody_" if bound is None else "customers",
        columns=columns(bound or frozenset(), _CUSTOMER_TYPES),
        contact=", ".join(f"c.{name}" for name in CONTACT),
        names=", ".join(CONTACT),
    )
    engine.save(
        "agenda_plan_", text, today=context.today,
        a=cadence.get("A", rarest), b=cadence.get("B", rarest), c=cadence.get("C", rarest),
    )  # fmt: skip


def future_contacts(engine: Engine, fields: Fields, context: Context) -> int:
    """How many contacts lie in the future: they were typed wrongly, or are plans, and count as no contact."""
    dated = {"customer_id", "at"} <= fields.get("interactions", frozenset())
    if not dated:
        found = engine.sql(_FUTURE.format(interactions="0"))
    else:
        found = engine.sql(_FUTURE.format(interactions=_FUTURE_CONTACTS), today=context.today)
    return int(found["customers"].iloc[0]) + int(found["interactions"].iloc[0])


def save_no_grades(engine: Engine) -> None:
    """An empty `agenda_grades_`, where nothing was graded."""
    engine.save("agenda_grades_", _NO_GRADES)
