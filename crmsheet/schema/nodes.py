"""YAML as nodes that know their line; every scalar is text, so `no`, `是` and `2024-01-05` stay what was typed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn, TypeAlias

import yaml

from crmsheet.core.errors import SchemaError
from crmsheet.core.messages import N_, Message

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Node: TypeAlias = yaml.Node
Entries: TypeAlias = Mapping[str, Node]


def read_yaml(path: Path) -> yaml.Node:
    """The root node of a file.

    Raises:
        SchemaError: the file cannot be read, is empty or is no YAML.
    """
    try:
        with path.open("rb") as stream:
            root = yaml.compose(stream, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = Message(N_("this is no valid YAML: {detail}"), {"detail": error.problem or error.context or ""})
        advice = Message(N_("Look at brackets, quotes, colons and indents on this line and the one before."))
        raise SchemaError(path=path, line=line, problem=problem, advice=advice) from error
    except (yaml.reader.ReaderError, UnicodeDecodeError) as error:
        problem = Message(N_("the file is not UTF-8 text"))
        advice = Message(N_("Save it again with the encoding UTF-8."))
        raise SchemaError(path=path, line=1, problem=problem, advice=advice) from error
    except OSError as error:
        problem = Message(N_("the file cannot be read: {detail}"), {"detail": error.strerror or str(error)})
        advice = Message(N_("Check the path and the permissions."))
        raise SchemaError(path=path, line=1, problem=problem, advice=advice) from error
    if root is None:
        problem = Message(N_("the file is empty"))
        advice = Message(N_("Write `table:`, `labels:` and `fields:` into it, or remove it."))
        raise SchemaError(path=path, line=1, problem=problem, advice=advice)
    return root


def refuse(node: yaml.Node, problem: str, advice: str, **facts: object) -> NoReturn:
    """Raises a SchemaError at the line of a node; both templates are filled with the facts."""
    raise SchemaError(
        path=Path(node.start_mark.name),
        line=node.start_mark.line + 1,
        problem=Message(problem, facts),
        advice=Message(advice, facts),
    )


def refuse_unknown(node: yaml.Node, problem: str, value: str, known: Iterable[str]) -> NoReturn:
    """Raises a SchemaError for a word that is not known, with the nearest known one."""
    words = sorted(known)
    near = difflib.get_close_matches(value, words, n=1, cutoff=0.6)
    advice = N_("Did you mean {near}? Known: {known}.") if near else N_("Known: {known}.")
    refuse(node, problem, advice, value=value, near=near[0] if near else "", known=", ".join(words))


def entries(node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Name, name node and value node of a mapping.

    Raises:
        SchemaError: the node is no mapping, or a name stands there twice.
    """
    if not isinstance(node, yaml.MappingNode):
        refuse(node, N_("a block of `name: value` lines is expected here"), N_("See the shipped schemas for the form."))
    seen: set[str] = set()
    for name_node, value_node in node.value:
        name = text(name_node)
        if name in seen:
            refuse(name_node, N_("`{name}` stands here twice"), N_("Keep one of the two."), name=name)
        seen.add(name)
        yield name, name_node, value_node


def mapping(node: yaml.Node, known: Iterable[str]) -> Entries:
    """The values of a mapping by name.

    Raises:
        SchemaError: a name is not among the known ones, or as `entries`.
    """
    found = {}
    allowed = frozenset(known)
    for name, name_node, value_node in entries(node):
        if name not in allowed:
            refuse_unknown(name_node, N_("`{value}` is not known here"), name, allowed)
        found[name] = value_node
    return found


def text(node: yaml.Node) -> str:
    """The text of a scalar.

    Raises:
        SchemaError: the node is no scalar.
    """
    if not isinstance(node, yaml.ScalarNode):
        refuse(node, N_("one value is expected here, not a list or a block"), N_("Write the value on the same line."))
    return str(node.value)


def texts(node: yaml.Node) -> tuple[str, ...]:
    """The texts of a list of scalars.

    Raises:
        SchemaError: the node is no list.
    """
    return tuple(text(each) for each in items(node))


def items(node: yaml.Node) -> list[yaml.Node]:
    """The nodes of a list.

    Raises:
        SchemaError: the node is no list.
    """
    if not isinstance(node, yaml.SequenceNode):
        refuse(node, N_("a list is expected here"), N_("Write it as [one, two] or as lines that begin with a dash."))
    return list(node.value)


def truth(node: yaml.Node) -> bool:
    """True or false.

    Raises:
        SchemaError: the text is neither.
    """
    value = text(node)
    if value not in {"true", "false"}:
        refuse(node, N_("`{value}` is neither true nor false"), N_("Write true or false."), value=value)
    return value == "true"


def literal(node: yaml.Node) -> object:
    """A list, a truth, a number or a text, as an argument of a check; quoted scalars are always text."""
    if isinstance(node, yaml.SequenceNode):
        return [literal(each) for each in node.value]
    value = text(node)
    if isinstance(node, yaml.ScalarNode) and node.style:  # plain scalars have none
        return value
    if value in {"true", "false"}:
        return value == "true"
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
