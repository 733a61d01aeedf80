"""Collects every message of the package into `zh.po` and compiles it: `make messages`.

Messages are `N_("...")` literals, the docstrings and hints of errors, the docstrings of commands, and the paragraphs of
the pages of rules.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from crmsheet.core.rules import aspects

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "crmsheet"
PO = PACKAGE / "resources/locale/zh/LC_MESSAGES/crmsheet.po"
MO = PO.with_suffix(".mo")
_GENERATOR = re.compile(rb'"Generated-By: .*\n')
"""Left out: a new release of the library would change the file."""


def messages() -> dict[str, list[tuple[str, int]]]:
    """Every message id with the places where it stands, in the order of the files."""
    found: dict[str, list[tuple[str, int]]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        for text, _line in _in_module(ast.parse(path.read_text("utf-8")), place):
            # Lines are left out: they would change the catalogue with every edit.
            found.setdefault(text, [])
            if (place, 0) not in found[text]:
                found[text].append((place, 0))
    return found


def _in_module(tree: ast.Module, place: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
            argument = node.args[0]
            assert isinstance(argument, ast.Constant), f"{place}:{node.lineno}: N_ takes one literal"
            yield argument.value, node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "RuleCard":
            page = node.args[3]
            written = ast.literal_eval(page) if isinstance(page, ast.Constant) else ast.get_docstring(tree) or ""
            yield from ((text, node.lineno) for text in aspects(written).values())
        elif isinstance(node, ast.ClassDef) and "core/errors/" in place:
            yield ast.get_docstring(node) or "", node.lineno
            yield from _hint(node)
        elif isinstance(node, ast.FunctionDef) and _is_command(node):
            yield ast.get_docstring(node) or "", node.lineno


def _hint(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "hint":
            value = ast.literal_eval(statement.value)
            if value:
                yield value, statement.lineno


def _is_command(node: ast.FunctionDef) -> bool:
    return any(re.match(r"\w+\.(?:command|callback)\(", ast.unparse(each)) for each in node.decorator_list)


def updated(old: Catalog) -> Catalog:
    """The catalogue with exactly today's messages and the translations that it had."""
    new = Catalog(locale="zh", project="crmsheet", charset="utf-8", fuzzy=False, header_comment="# crmsheet: Chinese.")
    new.creation_date = new.revision_date = old.creation_date
    for text, places in messages().items():
        known = old.get(text)
        new.add(text, known.string if known else "", locations=places, flags=())
    return new


def read(path: Path = PO) -> Catalog:
    """The catalogue as it is on disk."""
    with path.open("rb") as file:
        return read_po(file, locale="zh")


def as_po(catalogue: Catalog) -> bytes:
    """The text file."""
    page = io.BytesIO()
    write_po(page, catalogue, width=110, sort_output=True, include_lineno=False)
    return _GENERATOR.sub(b"", page.getvalue())


def as_mo(catalogue: Catalog) -> bytes:
    """The compiled file."""
    page = io.BytesIO()
    write_mo(page, catalogue)
    return page.getvalue()


def main() -> None:
    """Writes both files."""
    catalogue = updated(read() if PO.exists() else Catalog(locale="zh"))
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(as_po(catalogue))
    MO.write_bytes(as_mo(catalogue))
    missing = [each.id for each in catalogue if each.id and not each.string]
    print(f"{len(messages())} messages, {len(missing)} without Chinese")
    for text in missing:
        print(f"  {text!r}")


if __name__ == "__main__":
    main()
