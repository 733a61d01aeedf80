"""The reference at the end of docs/api.md, made from signatures and docstrings.

The Chinese page has the same signatures; its sentences are its own, and kept.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

import crmsheet

BEGIN, END = "<!-- reference: made by tests/house, keep it last -->", "<!-- /reference -->"
SECTIONS = {"Args": "Parameters", "Returns": "Returns", "Raises": "Raises"}
ALIASES = {"Lang": 'Literal["", "zh", "en"]', "pd.DataFrame": "DataFrame"}


def members() -> Iterator[tuple[str, Any]]:
    """Every public name with its dots, in the order of the code."""
    yield "crmsheet.open", crmsheet.open
    for name in ("read_cell", "write_cell", "append_row", "parts"):
        yield f"crmsheet.{name}", getattr(crmsheet, name)
    for each in (crmsheet.CustomerBook, crmsheet.Result):
        yield each.__name__, each
        for name, member in vars(each).items():
            if not name.startswith("_") and (callable(member) or isinstance(member, property)):
                yield f"{each.__name__}.{name}", member


def signature(name: str, member: Any) -> str:
    """A name as it is written in a program, with the types of what goes in and comes out."""
    if inspect.isclass(member):
        return f"class {name}"
    if isinstance(member, property):
        return f"{name} -> {_typed(inspect.signature(member.fget).return_annotation)}"
    known = inspect.signature(member)
    words: list[str] = []
    for each in known.parameters.values():
        if each.kind is each.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        if each.name != "self":
            default = "" if each.default is each.empty else f" = {each.default!r}"
            words.append(f"{each.name}: {_typed(each.annotation)}{default}")
    return f"{name}({', '.join(words)}) -> {_typed(known.return_annotation)}"


def _typed(annotation: str) -> str:
    for alias, meaning in ALIASES.items():
        annotation = re.sub(rf"(?<![\w.]){re.escape(alias)}\b", meaning, annotation)
    return annotation


def parts(member: Any) -> Mapping[str, str]:
    """The docstring by section, '' for what stands before them."""
    found = {"": ""}
    section = ""
    for line in (inspect.getdoc(member) or "").splitlines():
        title = re.fullmatch(r"(\w+):", line)
        if title and title[1] in SECTIONS:
            section = title[1]
            found[section] = ""
        else:
            found[section] += line.removeprefix("    " if section else "") + "\n"
    return found


def names(member: Any) -> set[str]:
    """The parameters and errors that a docstring explains."""
    explained = parts(member)
    return {
        name
        for section in ("Args", "Raises")
        for first in re.findall(r"^([\w., ]+):", explained.get(section, ""), flags=re.MULTILINE)
        for name in first.split(", ")
    }


def markdown(member: Any) -> str:
    """The docstring as Markdown."""
    explained = parts(member)
    pages = [explained[""].strip()]
    for section, title in SECTIONS.items():
        text = explained.get(section, "").strip()
        if text and section != "Returns":
            text = re.sub(r"^([\w., ]+):", r"- `\1`:", text, flags=re.MULTILINE)
            text = re.sub(r"\n(?!- )\s*", "\n  ", text)
        if text:
            pages.append(f"**{title}**\n\n{text}")
    return "\n\n".join(pages)


def bodies(page: str) -> Mapping[str, str]:
    """What a page says of each member, by its name."""
    own = page.partition(BEGIN)[2].partition(END)[0]
    found = re.findall(r"^### `(?:class )?([\w.]+)[^\n]*`\n(.*?)(?=^### |\Z)", own, flags=re.MULTILINE | re.DOTALL)
    return {name: body.strip() for name, body in found}


def with_reference(page: str, *, own_words: bool) -> str:
    """The page with its reference made anew."""
    kept = bodies(page)
    said = [
        f"### `{signature(name, member)}`\n\n{kept.get(name, '') if own_words else markdown(member)}"
        for name, member in members()
    ]
    return page.partition(BEGIN)[0] + "\n\n".join([BEGIN, *said, END]) + "\n"
