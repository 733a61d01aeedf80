"""A TableSchema as a pandera schema: vectorised checks on single values, each named by the code of its rule.

Uniqueness, references and whatever looks at other rows is SQL: it would be wrong on a part of the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from crmsheet.core.schema import Field, TableSchema
from crmsheet.schema.cards import NOT_ALLOWED
from crmsheet.schema.checks import CHECKS
from crmsheet.schema.vocabulary import base_name, stand_ins

if TYPE_CHECKING:
    import pandera.pandas as pa

_DTYPES = {
    "date": "datetime64[us]",
    "datetime": "datetime64[us]",
    "money": "float64",
    "number": "float64",
    "percent": "float64",
    "integer": "Int64",
    "bool": "boolean",
}


def dtype_of(field: Field) -> str:
    """The dtype of a field's column in a `values` frame."""
    return _DTYPES.get(field.kind, "str")


def dataframe_schema(table: TableSchema, fields: Iterable[str]) -> pa.DataFrameSchema:
    """The pandera schema of a `values` frame with these columns (repeats such as `mobile#2` too).

    A required field is not nullable, unless a field that may stand for it has a column too: then the two together
    are for the caller to look at, row by row. Only the first of repeated columns is required.
    """
    import pandera.pandas as pa  # 2 s of CPU: only for those who check

    names = tuple(fields)
    columns = {
        name: pa.Column(
            dtype_of(table[base_name(name)]),
            checks=_checks(table[base_name(name)], pa),
            nullable=not _always_required(table[base_name(name)], name, names),
        )
        for name in names
        if base_name(name) in table
    }
    return pa.DataFrameSchema(columns, strict=False)


def _always_required(field: Field, name: str, names: tuple[str, ...]) -> bool:
    return field.required and "#" not in name and not any(set(names).issuperset(group) for group in stand_ins(field))


def _checks(field: Field, pa: Any) -> list[Any]:
    """The checks of the YAML by pandera's names, and that a choice is one of the codes."""
    checks = [getattr(pa.Check, name)(**arguments, name=CHECKS[name].code) for name, arguments in field.checks.items()]
    codes = [choice.code for choice in field.choices]
    if field.kind == "choice" and codes:
        checks.append(pa.Check.isin(codes, name=NOT_ALLOWED.code))
    if field.kind == "choices" and codes:
        one = "|".join(map(re.escape, codes))
        checks.append(pa.Check.str_matches(rf"^(?:{one})(?:\|(?:{one}))*$", name=NOT_ALLOWED.code))
    return checks
