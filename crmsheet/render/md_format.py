"""Markdown: for a mail, a wiki or a pull request."""

from __future__ import annotations

from crmsheet.core.messages import Speech
from crmsheet.core.outcome import Outcome, Section
from crmsheet.render.headline import headline
from crmsheet.render.renderer import Renderer, Terminal, plain


def _render(outcome: Outcome, speech: Speech, terminal: Terminal) -> str:  # noqa: ARG001  (Markdown has no width)
    parts = [f"# {_escaped(speech.say(headline(outcome)))}"]
    parts += [_escaped(plain(each, speech)) for each in outcome.notes]
    parts += [_section(each, speech) for each in outcome.sections if each.rows or each.note]
    return "\n\n".join(parts)


def _section(section: Section, speech: Speech) -> str:
    lines = [f"## {_escaped(speech.say(section.title))}", ""]
    if section.rows:
        lines.append(_row([speech.say(each) for each in section.columns]))
        lines.append("|" + " --- |" * len(section.columns))
        lines += [_row([_cell(each, speech) for each in row]) for row in section.rows]
    if section.note:
        lines += ["", _escaped(speech.say(section.note))]
    return "\n".join(lines)


def _cell(value: object, speech: Speech) -> str:
    return plain(value, speech)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(_escaped(each) for each in cells) + " |"


def _escaped(text: str) -> str:
    """Cell text is hostile: nothing in it may become markup."""
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, f"&#{ord(mark)};" if mark in "<>|" else f"\\{mark}")
    return text.replace("\n", " ")


RENDERER = Renderer("md", _render)
