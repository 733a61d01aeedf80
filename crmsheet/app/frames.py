"""Tables, findings, changes and sections as pandas data frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from crmsheet.app.frame_rows import ROW
from crmsheet.change.columns import column_names
from crmsheet.core.book import Book, Table
from crmsheet.core.changes import Change, Changes
from crmsheet.core.findings import Findings, Severity
from crmsheet.core.messages import Message, Speech
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Field, Schema, TableSchema
from crmsheet.core.versions import Version

_BETWEEN = {"zh": "、", "en": ", "}


def overview(book: Book, schema: Schema, lang: str) -> pd.DataFrame:
    """One row per table of a book, by its name: label, sheet, header_row, rows, and the field that is its key.

    Of a table on several sheets all are named, and the header row is that of the first.
    """
    rows = [
        (each.name, schema.tables[each.name].labels[lang], each.title, each.header_row, len(each.cells), each.key)
        for each in book.tables.values()
    ]
    columns = ["table", "label", "sheet", "header_row", "rows", "key"]
    return pd.DataFrame(rows, columns=columns).set_index("table")


def field_frame(table: Table, schema: TableSchema, lang: str) -> pd.DataFrame:
    """One row per field that a table has, by its name: label, kind, and the column and header where it stands."""
    rows = [
        (
            str(name),
            _label(str(name), schema, lang),
            schema[_base(str(name))].kind,
            table.columns.get(str(name), ""),
            table.headers.get(table.columns.get(str(name), ""), ""),
            str(table.values[name].dtype),
        )
        for name in table.values.columns
    ]
    return pd.DataFrame(rows, columns=["field", "label", "kind", "column", "header", "dtype"]).set_index("field")


def value_frame(table: Table) -> pd.DataFrame:
    """The typed values, one column per field; index = sheet row number."""
    return table.values.rename_axis(ROW)


def labelled_frame(table: Table, schema: TableSchema, lang: str) -> pd.DataFrame:
    """The values as people read them: labels for the names of fields and the codes of choices."""
    frame = value_frame(table)
    for name in frame.columns:
        field = schema[_base(str(name))]
        if field.choices:
            frame[name] = _in_words(frame[name], field, lang)
    return frame.rename(columns={name: _label(str(name), schema, lang) for name in frame.columns})


def cell_frame(table: Table) -> pd.DataFrame:
    """The cells as found, all columns of the sheet: named by field, else by header, else by letters."""
    names = {letters: name for name, letters in column_names(table).items()}
    return table.cells.rename(columns=names).rename_axis(index=ROW, columns=None)


def _base(name: str) -> str:
    return name.partition("#")[0]


def _label(name: str, schema: TableSchema, lang: str) -> str:
    """The label of a field; a repeated column has its number after it (手机2)."""
    field, _, number = name.partition("#")
    return f"{schema[field].labels[lang]}{number}"


def _in_words(codes: pd.Series[str], field: Field, lang: str) -> pd.Series[str]:
    labels = {each.code: each.labels[lang] for each in field.choices}

    def said(code: str) -> str:
        return _BETWEEN[lang].join(labels.get(each, each) for each in code.split("|"))

    return codes.map(said, na_action="ignore").astype("str")


def findings_frame(findings: Findings, speech: Speech) -> pd.DataFrame:
    """One row per finding: rule, severity (ordered), table, sheet, cell, row, key, field, value, message, fix."""
    columns: dict[str, Any] = {name: findings.column(name) for name in ("rule", "table", "sheet", "key", "field")}
    frame = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items()})
    severities = [each.name for each in sorted(Severity)]
    names = [each.name for each in findings.column("severity")]
    frame.insert(1, "severity", pd.Series(pd.Categorical(names, categories=severities, ordered=True)))
    frame.insert(4, "cell", pd.Series([each.cell for each in findings], dtype="str"))
    frame.insert(5, "row", _numbers(findings.column("row")))
    frame["value"] = _objects(findings.column("value"))
    frame["message"] = pd.Series([speech.say(each.text) for each in findings], dtype="str")
    frame["fix"] = _objects([fix.after if fix else None for fix in findings.column("fix")])
    frame["fingerprint"] = pd.Series([each.fingerprint for each in findings], dtype="str")
    return frame


def changes_frame(changes: Changes, sheets: Mapping[str, str], speech: Speech) -> pd.DataFrame:
    """One row per change: kind, table, sheet, cell, row, key, field, before, after, effect, rule, reason."""
    tables = changes.column("table")
    cells = [
        f"{letters}{row}" if letters and row else ""
        for letters, row in zip(changes.column("column"), changes.column("row"), strict=True)
    ]
    texts: dict[str, Any] = {
        "kind": changes.column("kind"),
        "table": tables,
        "sheet": [sheet or sheets.get(each, "") for sheet, each in zip(changes.column("sheet"), tables, strict=True)],
        "cell": cells,
        "key": changes.column("key"),
        "field": changes.column("field"),
        "effect": changes.column("effect"),
        "rule": changes.column("rule"),
        "reason": [_reason(each, speech) for each in changes],
    }
    frame = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in texts.items()})
    frame.insert(4, "row", _numbers(changes.column("row")))
    frame.insert(7, "before", _objects(changes.column("before")))
    frame.insert(8, "after", _objects(changes.column("after")))
    return frame


def _reason(change: Change, speech: Speech) -> str:
    facts = {"before": change.before, "after": change.after, "value": change.before, "key": change.key}
    return speech.say(Message(change.reason, {**facts, **(change.arguments or {})})) if change.reason else ""


def section_frame(section: Section, speech: Speech) -> pd.DataFrame:
    """A table of a report, with its titles and sentences in words."""
    rows = [[speech.say(cell) if _is_text(cell) else cell for cell in row] for row in section.rows]
    return pd.DataFrame(rows, columns=[speech.say(each) for each in section.columns])


def _is_text(cell: Any) -> bool:
    return not (cell is None or isinstance(cell, str | int | float)) and not hasattr(cell, "year")


def version_frame(versions: tuple[Version, ...]) -> pd.DataFrame:
    """One row per version, by its number: id, at, author, command, message, origin, changes."""
    rows = [
        (each.number, each.id, each.at, each.author, each.command, each.message, each.origin, sum(each.counts.values()))
        for each in versions
    ]
    columns = ["number", "id", "at", "author", "command", "message", "origin", "changes"]
    frame = pd.DataFrame(rows, columns=columns).set_index("number")
    return frame.assign(at=pd.to_datetime(frame["at"], utc=True))


def _numbers(rows: Any) -> pd.Series[int]:
    """Row numbers, NA for a whole table."""
    return pd.Series([row or None for row in rows], dtype="Int64")


def _objects(values: Any) -> pd.Series[Any]:
    return pd.Series(list(values), dtype="object")
