"""Elements of an XML part, without namespaces and without the risks of document types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.parsers.expat import ExpatError, ParserCreate

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def _refuse_doctype(*_: object) -> None:
    raise ExpatError("a document type is declared")


def walk(xml: bytes, start: Start, end: End | None = None, text: Text | None = None) -> None:
    """Reports the elements of a part by local name; attribute names are as written.

    Raises:
        ExpatError: not well-formed, or with a document type, which no spreadsheet program writes.
    """
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(xml, True)
    except LookupError as error:
        raise ExpatError("the declared encoding does not exist") from error


def elements(xml: bytes, *names: str) -> list[tuple[str, Mapping[str, str]]]:
    """The elements with one of the local names, in order, with their attributes.

    Raises:
        ExpatError: see `walk`.
    """
    found: list[tuple[str, Mapping[str, str]]] = []
    walk(xml, lambda name, attributes: found.append((name, attributes)) if name in names else None)
    return found
