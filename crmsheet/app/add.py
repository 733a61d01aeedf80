"""Adding a record: a customer, or a record of another sheet; whoever is in the book already is not added twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from crmsheet.access.masking import mask_value
from crmsheet.app.actors import actor_for, owner_notes
from crmsheet.app.customers import customers_of, is_link, named, pick
from crmsheet.app.entering import read_words, refused
from crmsheet.app.linking import link_cells, next_key
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import entered as written
from crmsheet.app.request import Request
from crmsheet.app.set_fields import typed_fields
from crmsheet.change.entering import appended
from crmsheet.change.placing import part_for
from crmsheet.core.book import Table
from crmsheet.core.cells import Cell
from crmsheet.core.changes import Changes
from crmsheet.core.errors import RecordIncomplete, RecordKnown, TableUnknown, UsageError
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, Text, cell_words, chained
from crmsheet.core.outcome import Outcome
from crmsheet.core.schema import Field, TableSchema
from crmsheet.match.lookup import NAMES, SAME, SURE, Hit, lookup
from crmsheet.schema import stand_ins
from crmsheet.schema.naming import named_table

COMMAND, CUSTOMERS = "add", "customers"

_WHY = N_("entered with `crmsheet add`")
_ADDED = N_("Added to {sheet}: {record}.")
_OWNER = N_("{label} is {owner}, who added it.")
_TOO_MUCH = N_("{name} is too much: a record in {table} has no name of its own; write FIELD=VALUE")
_NO_CUSTOMER = N_("records in {table} belong to no customer: --customer is too much")
_NO_SHEET = N_("{value} has no sheet of customers, and the names of the sheets tell the owner: {sheets}")
_HAS = N_("{record}, {label} {value}")
_OF = N_("{record} ({owner}), {label} {value}")
_ASK = N_("{name} seems to be in the book already: {known}.")
_STOP, _GO_ON = N_("Do not add it."), N_("Add it all the same.")
_IDENTITIES = ("phone", "email", "uscc", "id_card")
_SHOWN = 5


def add(
    request: Request,
    name: str,
    pairs: Sequence[tuple[str, str]],
    *,
    table: str = "",
    customer: str = "",
    anyway: bool = False,
) -> Outcome:
    """Adds a record with a name and fields, of a customer where one is named; written at once.

    Raises:
        RecordKnown: a record with that name or number is there, and it is not to be added `anyway`.
        RecordIncomplete: a field that every record of the table needs was not given.
        TableUnknown: there is no such table, or the book has no sheet for it.
        FieldUnknown, FieldComputed, ValueRefused, CustomerUnknown and its kin: as for `set`.
    """
    loaded = load_book(request, is_link)
    sheet = _sheet(loaded, table)
    schema = loaded.schema.tables[sheet.name]
    links, keys = _customer_of(loaded, sheet, customer)
    new = max(sheet.cells.index.tolist(), default=sheet.header_row) + 1
    typed = {**_named(sheet, schema, name), **typed_fields(loaded, sheet, pairs)}
    cells = read_words(loaded, sheet, new, {field: text for field, text in typed.items() if text.strip()})
    _check_complete(sheet, schema, {**links, **cells})
    if not anyway:
        _check_unknown(loaded, sheet, schema, cells)
    owner, notes = _owner(loaded, sheet, cells)
    key = next_key(sheet, loaded)
    record: dict[str, Cell] = {**key, **links, **cells, **owner}
    if "created_at" in sheet.columns:
        record.setdefault("created_at", loaded.context.today)
    changes = appended(sheet, schema, cell_words(next(iter(key.values()), "")), record, Message(_WHY))

    def said(applied: Changes) -> tuple[Text, ...]:
        # With the key that it got: another one than proposed where somebody else was faster.
        named = (each.key for each in applied if each.kind == "add")
        words = " ".join(filter(None, (*named, _called(loaded, sheet, cells))))
        return Message(_ADDED, {"sheet": sheet.parts[part_for(sheet, record)].sheet, "record": words}), *notes

    return written(loaded, Changes.joined([keys, changes]), COMMAND, said)


def _sheet(loaded: Loaded, named: str) -> Table:
    """The table that is meant; the customers where none is named."""
    if not named:
        return customers_of(loaded)
    name = named_table(loaded.schema, named)
    found = loaded.book.tables.get(name)
    if found is None:
        known = loaded.sheets
        raise TableUnknown(table=named, near=next(iter(known.values())), known=", ".join(known.values()))
    return found


def _customer_of(loaded: Loaded, sheet: Table, customer: str) -> tuple[Mapping[str, Cell], Changes]:
    """What names the customer of a new record."""
    if not customer:
        return {}, Changes()
    if sheet.name == CUSTOMERS or "customer_id" not in loaded.schema.tables[sheet.name]:
        raise UsageError(problem=Message(_NO_CUSTOMER, {"table": sheet.title}))
    return link_cells(loaded, sheet, pick(loaded, customer))


def _named(sheet: Table, schema: TableSchema, name: str) -> Mapping[str, str]:
    """The field that the name of a new record goes into: its name, else the text that every record needs."""
    if not name:
        return {}
    texts = (each for each in schema.fields if each.required and each.kind == "text")
    field = schema.by_name.get("name") or next(texts, None)
    if field is None:
        raise UsageError(problem=Message(_TOO_MUCH, {"name": name, "table": sheet.title}))
    return {field.name: name}


def _check_complete(sheet: Table, schema: TableSchema, cells: Mapping[str, Cell]) -> None:
    """Raises RecordIncomplete for the required fields that are empty, with nothing to stand in for them."""
    held = {name for name, value in cells.items() if value not in (None, "")}
    missing = [each for each in schema.fields if each.required and not _told(each, held)]
    if not missing:
        return
    labels = [sheet.headers.get(sheet.columns.get(each.name, "")) or each.labels for each in missing]
    first = "--customer C0012" if missing[0].name == "customer_id" else chained((labels[0], "=..."), "")
    raise RecordIncomplete(table=sheet.title, labels=chained(labels, N_(", ")), example=first)


def _told(field: Field, held: set[str]) -> bool:
    return field.name in held or any(held.issuperset(group) for group in stand_ins(field))


def _check_unknown(loaded: Loaded, sheet: Table, schema: TableSchema, cells: Mapping[str, Cell]) -> None:
    """Asks, or raises RecordKnown, where a record has the same name, number or address."""
    hits: dict[int, Hit] = {}
    for field, cell in cells.items():
        for hit in _same(loaded, sheet, schema, field, cell_words(cell)):
            hits.setdefault(hit.row, hit)
    if not hits:
        return
    known = [_known(loaded, sheet, each) for each in list(hits.values())[:_SHOWN]]
    facts = {"name": _called(loaded, sheet, cells), "known": chained(known, N_("; "))}
    choose = loaded.request.choose
    if choose is None or choose(Message(_ASK, facts), (Message(_STOP), Message(_GO_ON))) == 0:
        raise RecordKnown(**facts)


def _same(loaded: Loaded, sheet: Table, schema: TableSchema, field: str, text: str) -> Iterable[Hit]:
    """The records that have a cell's name, number or address; none for cells that say nothing of who it is."""
    base = schema.by_name.get(field.partition("#")[0])
    if base is None or not text:
        return ()
    identity = base.kind in _IDENTITIES
    if not identity and not (sheet.name == CUSTOMERS and base.name in ("name", "short_name", "name_en")):
        return ()
    hits = lookup(sheet, schema, text, loaded.context, everywhere=False)
    if identity:
        return [each for each in hits if each.score >= SURE and schema[each.field.partition("#")[0]].kind == base.kind]
    return [each for each in hits if each.score >= SAME and each.field in NAMES]


def _known(loaded: Loaded, sheet: Table, hit: Hit) -> Message:
    """Who has it: the record, its owner, and the cell that is the same, masked."""
    field = loaded.schema.tables[sheet.name][hit.field.partition("#")[0]]
    value = hit.value if loaded.request.reveal else mask_value(hit.value, field)
    letters = sheet.columns.get("owner")
    owner = cell_words(sheet.cells.at[hit.row, letters]) if letters else ""
    label = sheet.headers.get(hit.column) or field.labels
    record = named(sheet, hit) if sheet.name == CUSTOMERS else hit.key
    return Message(_OF if owner else _HAS, {"record": record, "owner": owner, "label": label, "value": value})


def _called(loaded: Loaded, sheet: Table, cells: Mapping[str, Cell]) -> str:
    """What a new record is called: its first cell, as whoever asks may see it."""
    field, cell = next(iter(cells.items()), ("", None))
    known = loaded.schema.tables[sheet.name].by_name.get(field.partition("#")[0])
    return cell_words(cell if known is None or loaded.request.reveal else mask_value(cell, known))


def _owner(loaded: Loaded, sheet: Table, cells: Mapping[str, Cell]) -> tuple[Mapping[str, Cell], tuple[Text, ...]]:
    """The owner of a new record: whoever adds it, unless another one was named."""
    if named := cells.get("owner"):
        if sheet.told_by_sheet and fold(str(named)) not in {fold(part.owner) for part in sheet.parts}:
            raise refused(
                loaded.schema, sheet, "owner", Message(_NO_SHEET, {"value": str(named), "sheets": sheet.title})
            )
        return {}, owner_notes(loaded, str(named))
    owner, notes = actor_for(loaded, sheet)
    if not owner:
        return {}, notes
    label = sheet.headers.get(sheet.columns.get("owner", "")) or loaded.schema.tables[sheet.name]["owner"].labels
    return {"owner": owner}, (Message(_OWNER, {"label": label, "owner": owner}), *notes)
