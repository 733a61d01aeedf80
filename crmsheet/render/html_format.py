"""One HTML page that needs nothing else: for a browser, a phone, a printer, or a mail.

No script, no font and no picture from elsewhere; the page itself forbids them, so that a hostile cell has nothing to
call. On a narrow screen each row of a table becomes a card.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from crmsheet.core.messages import Speech
from crmsheet.core.outcome import Outcome, Section
from crmsheet.render.headline import headline
from crmsheet.render.renderer import Renderer, Terminal, plain

_LANGUAGES = {"zh": "zh-CN"}
_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5c6675; --line: #e3e7ed; --page: #f5f7fa; --card: #fff;
  --accent: #1f5f99; --stripe: #f8fafc }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --soft: #98a3b3; --line: #303947; --page: #12171e;
  --card: #1a212b; --accent: #7db8ee; --stripe: #1e2631 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.6 system-ui, -apple-system, "Segoe UI",
  "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", sans-serif;
  overflow-wrap: anywhere; -webkit-text-size-adjust: 100% }
main { max-width: 76rem; margin: 0 auto; padding: 2.2rem 1.5rem 4rem }
h1 { font-size: 1.05rem; font-weight: 500; color: var(--soft); margin: 0 0 .5rem }
.lead { font-size: 1.4rem; line-height: 1.45; font-weight: 600; margin: 0 0 .5rem; text-wrap: pretty }
.note { margin: 0 0 .3rem; color: var(--soft) }
header { margin-bottom: 1.6rem }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.2rem;
  margin: 0 0 1.1rem }
code { font: .94em ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: var(--ink); white-space: nowrap }
h2 { font-size: 1rem; margin: 0 0 .6rem; color: var(--accent) }
.pairs { columns: 21rem; column-gap: 1.1rem; margin-bottom: 0 }
.pairs section { break-inside: avoid; display: inline-block; width: 100% }
dl { display: grid; grid-template-columns: minmax(5.5rem, 34%) 1fr; gap: .25rem .9rem; margin: 0 }
dt { color: var(--soft) }
dd { margin: 0 }
table { border-collapse: collapse; min-width: min(100%, 36rem); max-width: 100%; font-size: .92rem }
th { text-align: left; font-weight: 500; color: var(--soft); border-bottom: 2px solid var(--line);
  vertical-align: bottom }
th, td { padding: .38rem 1.1rem .38rem 0 }
td { border-bottom: 1px solid var(--line); vertical-align: top }
tr:last-child td { border-bottom: 0 }
tbody tr:hover { background: var(--stripe) }
th, .day, .number { overflow-wrap: normal }
.day { white-space: nowrap; font-variant-numeric: tabular-nums }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
section > .note { font-size: .9rem; margin: .6rem 0 0 }
section > h2 + .note { margin-top: 0 }
@media screen and (max-width: 44rem) {
  main { padding: 1.2rem .8rem 3rem }
  .lead { font-size: 1.2rem }
  section { padding: .8rem .9rem; border-radius: 8px }
  .pairs { columns: auto }
  table, tbody, tr, td { display: block; width: 100% }
  code { white-space: normal }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0 }
  tr:last-child { border-bottom: 0; padding-bottom: 0 }
  td, .number { border: 0; padding: .1rem 0; text-align: left; white-space: normal; display: grid;
    grid-template-columns: minmax(5.5rem, 34%) 1fr; gap: .9rem }
  td::before { content: attr(data-title); color: var(--soft) }
  td:empty { display: none }
}
@media print {
  :root { --ink: #000; --soft: #444; --line: #ccc; --page: #fff; --card: #fff; --accent: #000; --stripe: #fff }
  body { font-size: 10pt }
  main { padding: 0; max-width: none }
  section { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: .5rem 0; margin: 0 }
  tr, dl > * { break-inside: avoid }
  h2 { break-after: avoid }
  thead { display: table-header-group }
}
"""
_COMMAND = re.compile("`([^`<>]+)`")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def _render(outcome: Outcome, speech: Speech, terminal: Terminal) -> str:  # noqa: ARG001  (a page has no width)
    title = _text(headline(outcome), speech)
    lead, *notes = [_sentence(each, speech) for each in outcome.notes] or [""]
    told = [f'<p class="lead">{lead}</p>'] if lead else []
    told += [f'<p class="note">{each}</p>' for each in notes]
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{_LANGUAGES.get(speech.lang, speech.lang)}">',
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{title}</title><style>{_STYLE}</style></head>",
        f"<body><main><header><h1>{title}</h1>",
        *told,
        "</header>",
        *_sections([each for each in outcome.sections if each.rows or each.note], speech),
        "</main></body></html>",
    ]
    return "\n".join(parts)


def _sections(sections: Sequence[Section], speech: Speech) -> Iterator[str]:
    """The sections in order; neighbours that only pair titles and values stand beside each other."""
    for paired, group in groupby(sections, _pairs):
        if paired:
            yield '<div class="pairs">'
        for section in group:
            yield "<section>"
            yield f"<h2>{_text(section.title, speech)}</h2>"
            if section.rows:
                yield from _list(section, speech) if paired else _table(section, speech)
            if section.note:
                yield f'<p class="note">{_sentence(section.note, speech)}</p>'
            yield "</section>"
        if paired:
            yield "</div>"


def _pairs(section: Section) -> bool:
    return len(section.columns) == 2 and not any(section.columns)


def _list(section: Section, speech: Speech) -> Iterator[str]:
    yield "<dl>"
    for title, value in section.rows:
        yield f"<dt>{_text(title, speech)}</dt><dd>{_text(value, speech)}</dd>"
    yield "</dl>"


def _table(section: Section, speech: Speech) -> Iterator[str]:
    titles = [_text(each, speech) for each in section.columns]
    looks = [_look([row[at] for row in section.rows]) for at in range(len(titles))]
    yield "<table><thead><tr>"
    yield "".join(f'<th scope="col"{look}>{title}</th>' for title, look in zip(titles, looks, strict=True))
    yield "</tr></thead><tbody>"
    for row in section.rows:
        cells = zip(titles, looks, row, strict=True)
        told = (f'<td{look} data-title="{title}">{_text(value, speech)}</td>' for title, look, value in cells)
        yield f"<tr>{''.join(told)}</tr>"
    yield "</tbody></table>"


def _look(values: Sequence[Any]) -> str:
    """How a column is set: numbers to the right, days on one line."""
    there = [each for each in values if each is not None]
    if there and all(isinstance(each, int | float) and not isinstance(each, bool) for each in there):
        return ' class="number"'
    return ' class="day"' if there and all(isinstance(each, dt.date) for each in there) else ""


def _text(value: Any, speech: Speech) -> str:
    """Cell text is hostile: nothing in it may become markup, within an attribute neither."""
    return html.escape(plain(value, speech), quote=True)


def _sentence(value: Any, speech: Speech) -> str:
    """A sentence, with the commands in it set as such (after escaping: no cell can make markup with a backtick)."""
    return _COMMAND.sub(r"<code>\1</code>", _text(value, speech))


RENDERER = Renderer("html", _render)
