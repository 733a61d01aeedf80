"""YAML files to a Schema; a typo is named with its line and the word that was probably meant.

A folder holds one file per table and a `common.yaml`: its `fields` are appended to every table, its `shared`
definitions are taken over by a field with `like: <name>`. A later folder is laid over an earlier one: its tables and
fields are added, and where a field is there already, each key that it gives wins - but aliases add up. A table file
that says `replace: true` takes the place of what earlier folders say of its table.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crmsheet.core.errors import SchemaError
from crmsheet.core.messages import N_, Labels, Message
from crmsheet.core.schema import KINDS, SENSITIVITIES, SURVIVORSHIPS, Choice, Field, Schema, TableSchema
from crmsheet.schema.checks import CHECKS
from crmsheet.schema.nodes import (
    Entries,
    Node,
    entries,
    items,
    literal,
    mapping,
    read_yaml,
    refuse,
    refuse_unknown,
    text,
    texts,
    truth,
)

LANGUAGES = ("zh", "en")
_COMMON_KEYS = ("version", "fields", "shared")
_TABLE_KEYS = ("table", "replace", "version", "labels", "aliases", "key", "fields")
_FIELD_KEYS = (
    "like",
    "labels",
    "aliases",
    "kind",
    "required",
    "unique",
    "derived",
    "choices",
    "references",
    "checks",
    "sensitivity",
    "survivorship",
    "computed_from",
)
_CHOICE_KEYS = ("code", *LANGUAGES, "aliases")
_NAME = re.compile(r"[a-z][a-z0-9_]*[a-z0-9]|[a-z]")


@dataclass(frozen=True, slots=True)
class _RawField:
    """The definitions of one field, the winning one first, and where the first of them stands."""

    at: Node
    layers: tuple[Entries, ...]
    files: tuple[str, ...]

    def over(self, older: _RawField | None) -> _RawField:
        return _RawField(self.at, self.layers + older.layers, self.files + older.files) if older else self

    def get(self, name: str) -> Node | None:
        return next((layer[name] for layer in self.layers if name in layer), None)


@dataclass(slots=True)
class _RawTable:
    at: Node
    attributes: dict[str, Node]
    aliases: tuple[str, ...] = ()
    fields: dict[str, _RawField] = field(default_factory=dict)
    files: tuple[str, ...] = ()


@dataclass(slots=True)
class _Raw:
    version: str = ""
    tables: dict[str, _RawTable] = field(default_factory=dict)
    common: dict[str, _RawField] = field(default_factory=dict)
    shared: dict[str, _RawField] = field(default_factory=dict)


def load(*folders: Path) -> Schema:
    """The schema of one or more folders; a later folder extends or replaces what earlier ones say.

    Raises:
        SchemaError: a file is missing, is no YAML, or says something unknown; with path, line and advice.
    """
    raw = _Raw()
    for folder in folders:
        for path in _files(folder):
            _read_file(raw, path)
    tables = {name: _table(name, table, raw) for name, table in raw.tables.items()}
    _settle_references(raw, tables)
    return Schema(raw.version, tables)


def _files(folder: Path) -> list[Path]:
    """The YAML files of a folder, `common.yaml` first."""
    found = sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")), key=lambda path: (path.stem != "common", path.name))
    if not found:
        problem = Message(N_("there is no schema file in this folder"))
        advice = Message(N_("Give a folder with one .yaml file per table."))
        raise SchemaError(path=folder, line=1, problem=problem, advice=advice)
    return found


def _read_file(raw: _Raw, path: Path) -> None:
    root = read_yaml(path)
    if path.stem == "common":
        given = mapping(root, _COMMON_KEYS)
        raw.version = text(given["version"]) if "version" in given else raw.version
        for part, kept in (("fields", raw.common), ("shared", raw.shared)):
            if part in given:
                _lay_over(kept, given[part])
        return
    given = mapping(root, _TABLE_KEYS)
    if "table" not in given:
        refuse(root, N_("the file does not say which table it describes"), N_("Begin it with `table: <name>`."))
    name = _name(given["table"])
    if "replace" in given and truth(given["replace"]) and raw.tables.pop(name, None) is None:
        refuse_unknown(given["table"], N_("there is no table `{value}` to replace"), name, raw.tables)
    table = raw.tables.setdefault(name, _RawTable(root, {}))
    table.files = (str(path), *table.files)
    table.attributes |= given
    if "aliases" in given:
        table.aliases = texts(given["aliases"]) + table.aliases
    if "fields" in given:
        _lay_over(table.fields, given["fields"])


def _lay_over(kept: dict[str, _RawField], node: Node) -> None:
    """Puts the field definitions of a block over those that are kept."""
    for name, name_node, value in entries(node):
        _name(name_node)
        given = mapping(value, _FIELD_KEYS)
        kept[name] = _RawField(name_node, (given,), (name_node.start_mark.name,)).over(kept.get(name))


def _name(node: Node) -> str:
    """A name that SQL can use as it stands."""
    name = text(node)
    if not _NAME.fullmatch(name):
        advice = N_("Use small Latin letters, digits and _, beginning with a letter: customer_name.")
        refuse(node, N_("`{value}` cannot be a name"), advice, value=name)
    return name


def _table(name: str, raw: _RawTable, whole: _Raw) -> TableSchema:
    key_node = raw.attributes.get("key")
    if key_node is None:
        refuse(raw.at, N_("the table {table} has no key"), N_("Add `key: <field>`."), table=name)
    merged = raw.fields | {each: common for each, common in whole.common.items() if each not in raw.fields}
    merged |= {each: raw.fields[each].over(whole.common[each]) for each in whole.common if each in raw.fields}
    fields = tuple(_field(each, definition, whole) for each, definition in merged.items())
    if text(key_node) not in merged:
        refuse_unknown(key_node, N_("the key `{value}` is no field of this table"), text(key_node), merged)
    for each in fields:
        _refuse_unsound(each, merged[each.name].at, is_key=each.name == text(key_node))
    _refuse_double_labels(fields, merged)
    _refuse_unknown_parts(fields, merged)
    labels = _labels(raw.attributes.get("labels"), raw.at)
    return TableSchema(name, labels, text(key_node), fields, _distinct(raw.aliases), _distinct(raw.files))


def _field(name: str, own: _RawField, whole: _Raw) -> Field:
    like = own.get("like")
    if like is not None and text(like) not in whole.shared:
        refuse_unknown(like, N_("there is no shared definition `{value}` in common.yaml"), text(like), whole.shared)
    raw = own.over(whole.shared[text(like)]) if like is not None else own
    choices = raw.get("choices")
    checks = raw.get("checks")
    references = raw.get("references")
    computed_from = raw.get("computed_from")
    return Field(
        name=name,
        labels=_labels(raw.get("labels"), raw.at),
        kind=_word(raw.get("kind"), KINDS, "text"),
        aliases=_distinct(
            itertools.chain.from_iterable(texts(layer["aliases"]) for layer in raw.layers if "aliases" in layer)
        ),
        required=_flag(raw, "required"),
        unique=_flag(raw, "unique"),
        derived=_flag(raw, "derived"),
        choices=_choices(choices) if choices is not None else (),
        references=text(references) if references is not None else "",
        checks=_checks(checks) if checks is not None else {},
        sensitivity=_word(raw.get("sensitivity"), SENSITIVITIES, ""),
        survivorship=_word(raw.get("survivorship"), SURVIVORSHIPS, "newest"),
        computed_from=texts(computed_from) if computed_from is not None else (),
        files=_distinct(own.files),
    )


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _flag(raw: _RawField, name: str) -> bool:
    node = raw.get(name)
    return node is not None and truth(node)


def _word(node: Node | None, known: Iterable[str], default: str) -> str:
    if node is None:
        return default
    if (word := text(node)) not in known:
        refuse_unknown(node, N_("`{value}` is not known here"), word, (each for each in known if each))
    return word


def _labels(node: Node | None, at: Node) -> Labels:
    if node is None:
        refuse(at, N_("the labels are missing"), N_("Add `labels: {{zh: ..., en: ...}}`."))
    given = mapping(node, LANGUAGES)
    return _in_all_languages(given, node)


def _in_all_languages(given: Mapping[str, Node], node: Node) -> Labels:
    labels = {lang: text(given[lang]).strip() if lang in given else "" for lang in LANGUAGES}
    for lang, label in labels.items():
        if not label:
            refuse(node, N_("the label in the language {lang} is missing"), N_("Add `{lang}: ...`."), lang=lang)
    return labels


def _choices(node: Node) -> tuple[Choice, ...]:
    found: dict[str, Choice] = {}
    for each in items(node):
        given = mapping(each, _CHOICE_KEYS)
        if "code" not in given:
            refuse(each, N_("a choice has no code"), N_("Add `code: ...`, a short English word."))
        code = text(given["code"])
        if code in found or not code or "|" in code:
            refuse(
                each,
                N_("`{name}` cannot be the code of a choice: it is empty, doubled or contains |"),
                N_("Give every choice its own code."),
                name=code,
            )
        aliases = texts(given["aliases"]) if "aliases" in given else ()
        found[code] = Choice(code, _in_all_languages(given, each), aliases)
    return tuple(found.values())


def _checks(node: Node) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for name, name_node, value in entries(node):
        if name not in CHECKS:
            refuse_unknown(name_node, N_("there is no check `{value}`"), name, CHECKS)
        form = CHECKS[name]
        given = mapping(value, (*form.needs, *form.may))
        missing = [each for each in form.needs if each not in given]
        if missing:
            refuse(
                name_node,
                N_("the check `{name}` lacks {missing}"),
                N_("Add it: `{name}: {{{missing}: ...}}`."),
                name=name,
                missing=missing[0],
            )
        found[name] = {argument: literal(each) for argument, each in given.items()}
        _refuse_bad_pattern(name, value, given)
    return found


def _refuse_bad_pattern(name: str, node: Node, given: Entries) -> None:
    if name != "str_matches":
        return
    try:
        re.compile(text(given["pattern"]))
    except re.error as error:
        refuse(node, N_("this is no regular expression: {detail}"), N_("Correct the pattern."), detail=str(error))


def _refuse_unsound(each: Field, at: Node, *, is_key: bool) -> None:
    """Refuses a field whose kind and whose other keys do not go together."""
    if is_key and each.kind != "key":
        refuse(at, N_("the key {name} is of the kind {kind}"), N_("Write `kind: key`."), name=each.name, kind=each.kind)
    if each.kind == "choice" and not each.choices:
        refuse(at, N_("{name} offers nothing to choose from"), N_("Add `choices: [...]`."), name=each.name)
    if each.choices and each.kind not in {"choice", "choices"}:
        refuse(
            at,
            N_("{name} has choices and is of the kind {kind}"),
            N_("Write `kind: choice`, or `kind: choices` for several in one cell."),
            name=each.name,
            kind=each.kind,
        )
    if bool(each.references) != (each.kind == "reference"):
        refuse(
            at,
            N_("`kind: reference` and `references: <table>` belong together; {name} has only one of them"),
            N_("Add the other one."),
            name=each.name,
        )


def _refuse_double_labels(fields: Iterable[Field], raw: Mapping[str, _RawField]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for each, lang in itertools.product(fields, LANGUAGES):
        word = (lang, each.labels[lang].casefold())
        if word in seen:
            refuse(
                raw[each.name].at,
                N_("the fields {other} and {name} have the same label {label}"),
                N_("Give one of them another label."),
                other=seen[word],
                name=each.name,
                label=each.labels[lang],
            )
        seen[word] = each.name


def _refuse_unknown_parts(fields: Iterable[Field], raw: Mapping[str, _RawField]) -> None:
    known = {each.name for each in fields}
    for each in fields:
        node = raw[each.name].get("computed_from")
        for part in each.computed_from:
            if part not in known and node is not None:
                refuse_unknown(node, N_("`{value}` is no field of this table"), part, known)


def _settle_references(raw: _Raw, tables: Mapping[str, TableSchema]) -> None:
    """Refuses references to tables that do not exist; only now are all tables known."""
    for owner, each, node in _references(raw, tables):
        if tables[owner][each].references not in tables:
            refuse_unknown(node, N_("the reference points to `{value}`, which is no table"), text(node), tables)


def _references(raw: _Raw, tables: Mapping[str, TableSchema]) -> Iterator[tuple[str, str, Node]]:
    for name, table in tables.items():
        for each in table.fields:
            if each.references:
                own = raw.tables[name].fields.get(each.name) or raw.common[each.name]
                yield name, each.name, own.get("references") or own.at
