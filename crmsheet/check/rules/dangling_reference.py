"""A reference to a record that does not exist.

**What** A row names a customer (or contract, campaign, contact ...) whose key is in no row of that table. Its name, and
a number that is unique there, are taken as well as its key.

**Why** The sale or follow-up belongs to nobody: it is missing in every figure of its customer.

**Bad** A sale to `C0O1`, with the letter O; a follow-up with a customer who was deleted.

**Good** A sale to `C001`.

**crmsheet** It leaves the cell and counts the record for nobody until the key is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import TableSchema

_MANY = 20
"""From so many references on, a column of which all lead nowhere is one finding."""


def _queries(reach: Reach) -> Iterator[Query]:
    for name, table in reach.schema.tables.items():
        for field in table.fields:
            if not field.references or not reach.shows(name, field.name):
                continue
            target = reach.schema.tables[field.references]
            if reach.shows(target.name, target.key):
                known = "".join(
                    f'\n AND NOT EXISTS (SELECT 1 FROM {target.name} AS t WHERE t."{other}" = c."{field.name}")'
                    for other in _identities(reach, target)
                )
                lost = f"""SELECT c.row_ FROM {name} AS c WHERE c.active_ AND c."{field.name}" <> '' {known}"""
                said = f"""SELECT count(*) FROM {name} AS c WHERE c.active_ AND c."{field.name}" <> ''"""
                all_lost = f"(SELECT count(*) FROM ({lost})) = greatest({_MANY}, ({said}))"
                yield Query(
                    table=name,
                    field=field.name,
                    sql=f"SELECT row_ FROM ({lost}) WHERE NOT {all_lost}",
                    message=N_("{value} is in no row of {table}; correct it, or add the record there"),
                    facts={"table": target.labels},
                )
                yield Query(
                    table=name,
                    field=field.name,
                    sql=f"SELECT 0 AS row_, count(*) AS count FROM ({lost}) HAVING {all_lost}",
                    message=N_(
                        "none of the {count:,} records here is of a record in {table}: the two sheets do not belong "
                        "together, or count differently"
                    ),
                    facts={"table": target.labels},
                )


def _identities(reach: Reach, target: TableSchema) -> list[str]:
    """The fields by which a record of a table may be named."""
    named = (each.name for each in target.fields if each.unique or each.name == "name")
    return [each for each in dict.fromkeys((target.key, *named)) if reach.has(target.name, each)]


RULE = Rule(RuleCard("CRM401", Severity.error, N_("Reference to a record that does not exist"), __doc__), _queries)
