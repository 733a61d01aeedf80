"""Where revenue comes from: transactions in a window, or the totals that people keep in a one-sheet book.

Each source leaves two relations: `tier_customers_` (row_, key_, entity_, name, fixed) and `tier_totals_` (entity_,
revenue, frequency, last_deal). An entity is a customer key: two rows with one key share its revenue, which counts once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmsheet.core.context import Context
from crmsheet.core.messages import N_, Message
from crmsheet.engine import Engine, columns

Fields = Mapping[str, frozenset[str]]

_DEAL_TYPES = {
    "customer_id": "VARCHAR",
    "customer_name": "VARCHAR",
    "date": "TIMESTAMP",
    "kind": "VARCHAR",
    "amount": "DOUBLE",
    "base_amount": "DOUBLE",
    "fx_rate": "DOUBLE",
    "quantity": "DOUBLE",
    "unit_price": "DOUBLE",
    "currency": "VARCHAR",
    "order_no": "VARCHAR",
}
_CUSTOMER_TYPES = {
    "name": "VARCHAR",
    "tier": "VARCHAR",
    "tier_locked": "BOOLEAN",
    "total_amount": "DOUBLE",
    "deal_count": "DOUBLE",
    "last_deal_at": "TIMESTAMP",
    "currency": "VARCHAR",
}
ASKED = frozenset({*_DEAL_TYPES, *_CUSTOMER_TYPES})
"""The fields that grading reads, of customers and transactions."""

_FOREIGN = N_(
    "Amounts in {currencies} without an exchange rate, not counted: {count:,}. Fill in the rate or the amount in "
    "{currency}"
)
_OTHER_CURRENCY = N_("No amount is in {expected}; revenue is counted in {currency}. Set `currency` if that is right.")
_NO_AMOUNT = N_("Transactions without a readable amount, not counted: {count:,}")
_NO_DATE = N_("Transactions without a readable date, not counted: {count:,}")
_FUTURE = N_("Transactions dated in the future, not counted: {count:,}")
_NO_CUSTOMER = N_("Transactions in the window without an active customer, not counted: {count:,}")
_UNDATED = N_("The transactions have no date column: all of them were counted, and recency is not known")
_OLD = N_(
    "There is no transaction in the {months} months before {today}: the window ends at the latest one, {until}, instead"
)


@dataclass(frozen=True, slots=True)
class Source:
    """What was found: the kind ("transactions", "totals"), the currency of revenue, the window, and the notes.

    `until` is the day to which recency counts; `since` None means all time.
    """

    kind: str
    currency: str
    until: dt.date
    since: dt.date | None = None
    moved: bool = False
    notes: tuple[Message, ...] = ()


def find_source(engine: Engine, fields: Fields, context: Context) -> Source | None:
    """The first source with revenue in it, its relations saved; None if there is none."""
    return _transactions(engine, fields, context) or _totals(engine, fields, context)


_CUSTOMERS = """
SELECT row_, key_, coalesce(key_, chr(31) || row_) AS entity_, coalesce(name, key_) AS name,
       CASE WHEN tier_locked AND tier IN ('A', 'B', 'C') THEN tier END AS fixed
FROM (SELECT row_, key_, {columns} FROM customers WHERE active_)
"""

# Without a customer sheet, a customer is called as the lowest line of the sales names it.
_DERIVED = """
SELECT 0 AS row_, customer AS key_, customer AS entity_,
       coalesce(max_by(customer_name, CASE WHEN customer_name IS NOT NULL THEN row_ END), customer) AS name,
       CAST(NULL AS VARCHAR) AS fixed
FROM tier_deals_ WHERE customer IS NOT NULL GROUP BY customer
"""


# ---- transactions ----

_DEALS = """
WITH found AS (SELECT row_, key_, {columns} FROM transactions WHERE active_)
SELECT row_, nullif(trim(customer_id), '') AS customer, customer_name, CAST(date AS DATE) AS date, kind,
       coalesce('o' || order_no, 'k' || key_, 'r' || row_) AS deal,
       upper(currency) AS currency, base_amount, fx_rate, coalesce(amount, quantity * unit_price) AS gross
FROM found
"""

_CURRENCIES = """
SELECT currency, count(*) AS found,
       count(CASE WHEN currency IS NULL OR currency = $home OR base_amount IS NOT NULL OR fx_rate IS NOT NULL
             THEN 1 END) AS home
FROM tier_deals_ WHERE gross IS NOT NULL OR base_amount IS NOT NULL
GROUP BY currency ORDER BY found DESC, currency
"""

# The rate is into the book's currency, so an amount in that currency needs none. A return takes away, whether its
# amount was typed with a minus or only marked. 4 decimals: unit prices of less than a cent add up.
_VALUES = """
WITH valued AS (
  SELECT *, coalesce(base_amount, CASE WHEN currency = $currency THEN gross END, gross * fx_rate,
                     CASE WHEN currency IS NULL THEN gross END) AS worth
  FROM tier_deals_)
SELECT row_, customer, date, deal, currency, gross IS NOT NULL OR base_amount IS NOT NULL AS priced,
       TRY_CAST(CASE WHEN kind = 'return' THEN -abs(worth) ELSE worth END AS DECIMAL(18, 4)) AS value
FROM valued
"""

_TALLY = """
SELECT count(CASE WHEN value IS NOT NULL THEN 1 END) AS usable,
       count(CASE WHEN NOT priced THEN 1 END) AS unpriced,
       count(CASE WHEN priced AND value IS NULL THEN 1 END) AS foreign_,
       count(CASE WHEN date IS NULL THEN 1 END) AS undated,
       count(CASE WHEN date > $today THEN 1 END) AS future,
       max(CASE WHEN date <= $today AND value IS NOT NULL THEN date END) AS latest
FROM tier_values_
"""

_FOREIGN_CODES = """
SELECT DISTINCT currency FROM tier_values_ WHERE priced AND value IS NULL AND currency IS NOT NULL ORDER BY currency
"""

_WINDOW_TOTALS = """
SELECT customer AS entity_, sum(value) AS revenue,
       count(DISTINCT CASE WHEN value > 0 THEN deal END) AS frequency,
       max(CASE WHEN value > 0 THEN date END) AS last_deal, count(*) AS lines_
FROM tier_values_
WHERE value IS NOT NULL AND ($everything OR (date > $since AND date <= $until))
GROUP BY customer
"""

_LEFT_OUT = """
SELECT coalesce(sum(CASE WHEN c.entity_ IS NULL THEN t.lines_ END), 0) AS orphans, count(c.entity_) AS matched
FROM tier_totals_ t LEFT JOIN (SELECT DISTINCT entity_ FROM tier_customers_) c ON c.entity_ = t.entity_
"""


def _transactions(engine: Engine, fields: Fields, context: Context) -> Source | None:
    """Revenue by customer in the window before today; None without a usable transaction."""
    bound = fields.get("transactions", frozenset())
    if "customer_id" not in bound or not ({"amount", "base_amount"} & bound or {"quantity", "unit_price"} <= bound):
        return None
    engine.save("tier_deals_", _DEALS.format(columns=columns(bound, _DEAL_TYPES)))
    currency, notes = _currency(engine, context)
    engine.save("tier_values_", _VALUES, currency=currency)
    tally = engine.sql(_TALLY, today=context.today).iloc[0]
    window = _window("date" in bound, tally, context)
    if window is None:
        return None
    since, until, moved = window
    engine.save("tier_totals_", _WINDOW_TOTALS, everything=since is None, since=since or until, until=until)
    _save_customers(engine, fields)
    counted = engine.sql(_LEFT_OUT).iloc[0]
    if not counted.matched:
        return None
    notes += _window_notes(since, until, moved, context) + _tally_notes(engine, tally, currency, "date" in bound)
    notes += _counted(_NO_CUSTOMER, int(counted.orphans))
    return Source("transactions", currency, until, since, moved, notes)


def _currency(engine: Engine, context: Context) -> tuple[str, tuple[Message, ...]]:
    """The currency that revenue is counted in: the book's, or the usual one where nothing is in the book's."""
    home = context.settings.currency.upper()
    found = engine.sql(_CURRENCIES, home=home)
    if not len(found) or found["home"].sum():
        return home, ()
    usual = str(found["currency"].iloc[0])
    return usual, (Message(_OTHER_CURRENCY, {"expected": home, "currency": usual}),)


def _window(dated: bool, tally: pd.Series[Any], context: Context) -> tuple[dt.date | None, dt.date, bool] | None:
    """(since, until, moved): the months before today, or before the latest transaction where those are empty."""
    if not tally.usable:
        return None
    if not dated:
        return None, context.today, False
    if pd.isna(tally.latest):
        return None
    latest = pd.Timestamp(tally.latest)
    months = pd.DateOffset(months=context.settings.tier_months)
    since = pd.Timestamp(context.today) - months
    if latest > since:
        return since.date(), context.today, False
    return (latest - months).date(), latest.date(), True


def _window_notes(since: dt.date | None, until: dt.date, moved: bool, context: Context) -> tuple[Message, ...]:
    if since is None:
        return (Message(_UNDATED),)
    if not moved:
        return ()
    facts = {"months": context.settings.tier_months, "today": context.today, "until": until}
    return (Message(_OLD, facts),)


def _tally_notes(engine: Engine, tally: pd.Series[Any], currency: str, dated: bool) -> tuple[Message, ...]:
    """What was left out, with counts."""
    notes = _counted(_NO_AMOUNT, int(tally.unpriced))
    if tally.foreign_:
        codes = ", ".join(engine.sql(_FOREIGN_CODES)["currency"])
        notes += (Message(_FOREIGN, {"count": int(tally.foreign_), "currencies": codes, "currency": currency}),)
    if dated:
        notes += _counted(_NO_DATE, int(tally.undated)) + _counted(_FUTURE, int(tally.future))
    return notes


def _counted(template: str, count: int) -> tuple[Message, ...]:
    return (Message(template, {"count": count}),) if count else ()


def _save_customers(engine: Engine, fields: Fields) -> None:
    """The customers to grade: the active rows of their sheet, or whoever the transactions name."""
    if "customers" in fields:
        engine.save("tier_customers_", _CUSTOMERS.format(columns=columns(fields["customers"], _CUSTOMER_TYPES)))
    else:
        engine.save("tier_customers_", _DERIVED)


# ---- totals kept by people ----

_KEPT = """
SELECT row_, coalesce(key_, chr(31) || row_) AS entity_, upper(currency) AS currency, total_amount, deal_count,
       CASE WHEN CAST(last_deal_at AS DATE) <= $today THEN CAST(last_deal_at AS DATE) END AS last_deal
FROM (SELECT row_, key_, {columns} FROM customers WHERE active_)
"""

_KEPT_CURRENCIES = """
SELECT currency, count(*) AS found, count(CASE WHEN currency IS NULL OR currency = $home THEN 1 END) AS home
FROM tier_kept_ WHERE total_amount IS NOT NULL GROUP BY currency ORDER BY found DESC, currency
"""

# Rows that share a key are one customer, typed twice: the larger total, not the sum.
_KEPT_TOTALS = """
SELECT entity_, max(TRY_CAST(total_amount AS DECIMAL(18, 4))) AS revenue,
       CAST(max(deal_count) AS BIGINT) AS frequency, max(last_deal) AS last_deal
FROM tier_kept_ WHERE currency IS NULL OR currency = $currency GROUP BY entity_
"""

_KEPT_FOREIGN = """
SELECT currency, count(*) AS found FROM tier_kept_
WHERE total_amount IS NOT NULL AND currency <> $currency GROUP BY currency ORDER BY currency
"""


def _totals(engine: Engine, fields: Fields, context: Context) -> Source | None:
    """Revenue from the totals that people keep beside each customer; None if there are none."""
    bound = fields.get("customers", frozenset())
    if "total_amount" not in bound:
        return None
    engine.save("tier_kept_", _KEPT.format(columns=columns(bound, _CUSTOMER_TYPES)), today=context.today)
    home = context.settings.currency.upper()
    found = engine.sql(_KEPT_CURRENCIES, home=home)
    if not len(found):
        return None
    notes: tuple[Message, ...] = ()
    currency = home
    if not found["home"].sum():
        currency = str(found["currency"].iloc[0])
        notes = (Message(_OTHER_CURRENCY, {"expected": home, "currency": currency}),)
    engine.save("tier_totals_", _KEPT_TOTALS, currency=currency)
    _save_customers(engine, fields)
    foreign = engine.sql(_KEPT_FOREIGN, currency=currency)
    if len(foreign):
        codes = ", ".join(foreign["currency"])
        notes += (Message(_FOREIGN, {"count": int(foreign["found"].sum()), "currencies": codes, "currency": currency}),)
    return Source("totals", currency, context.today, notes=notes)
