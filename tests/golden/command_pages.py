"""The docs pages of the commands, made of the help of each command and of one real session with it.

`docs/commands/` and `docs/zh/commands/` hold nothing else: a page is never edited by hand.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
import yaml

from crmsheet.app.settings import FILE
from crmsheet.app.speaking import speech_for
from crmsheet.cli.localise import HEADINGS, localise
from crmsheet.cli.main import COMMANDS
from crmsheet.cli.program import app
from crmsheet.core.messages import Speech
from tests.conftest import ROOT
from tests.golden.sessions import run, written

SESSIONS: Mapping[str, list[Any]] = yaml.safe_load((ROOT / "tests/golden/command_sessions.yml").read_text("utf-8"))
BOOKS = {"en": "customer-book.xlsx", "zh": "客户关系管理书.xlsx"}
ACTORS = {"en": "Alice Porter", "zh": "欧阳静"}
INDEX = "index"
_EXAMPLE = re.compile(r"^(?:Example:|例：)\s*(.*crmsheet .*)$", re.MULTILINE)
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Commands",
        "lead": "Each command says the same with `--help`. Nothing is written without `--write`, except by commands "
        "on one record, which write at once; every write is a version and can be undone.",
        "command": "command",
        "does": "does",
        "usage": "Usage",
        "example": "For example:",
        "arguments": "Arguments",
        "options": "Options",
        "session": "A real run",
        "on": "{actor} at work on the example book `{book}`, on 2026-11-23.",
    },
    "zh": {
        "title": "命令",
        "lead": "每个命令加 `--help` 都显示同样的内容。不加 `--write` 什么都不写入；只处理一条记录的命令除外，它们直接"
        "写入。每次写入都是一个版本，都能撤销。",
        "command": "命令",
        "does": "作用",
        "usage": "用法",
        "example": "例如：",
        "arguments": "参数",
        "options": "选项",
        "session": "实际运行",
        "on": "{actor}在示例客户簿 `{book}` 上工作，日期为 2026-11-23。",
    },
}


def folder(lang: str) -> Path:
    """Where the pages of a language lie."""
    return ROOT / ("docs/commands" if lang == "en" else "docs/zh/commands")


def page(name: str, lang: str, desk: Path) -> str:
    """The page of a command, or of the index; its session is run in the folder `desk`."""
    if name == INDEX:
        return _index(lang)
    words = _WORDS[lang]
    session = [
        f"## {words['session']}",
        words["on"].format(book=BOOKS[lang], actor=ACTORS[lang]),
        _session(name, lang, desk),
    ]
    return "\n\n".join([described(name, lang), *session]) + "\n"


def described(name: str, lang: str) -> str:
    """The part of a page that comes from the help of a command and of its subcommands."""
    command = commands(lang)[name]
    blocks = [f"# {name}", *_described(f"crmsheet {name}", command, lang)]
    for child, each in getattr(command, "commands", {}).items():
        blocks += [f"## {name} {child}", *_described(f"crmsheet {name} {child}", each, lang)]
    return "\n\n".join(blocks)


def commands(lang: str) -> Mapping[str, Any]:
    """The commands as their help tells of them in a language."""
    program = typer.main.get_command(app)
    localise(program, _speech(lang))
    return program.commands  # type: ignore[attr-defined]  # a group has commands, says the parser at run time


def _speech(lang: str) -> Speech:
    return speech_for(lang, None)


def _index(lang: str) -> str:
    words, known = _WORDS[lang], commands(lang)
    rows = [f"| [`{name}`]({name}.md) | {known[name].short_help} |" for name in COMMANDS]
    table = "\n".join([f"| {words['command']} | {words['does']} |", "|---|---|", *rows])
    return f"# {words['title']}\n\n{words['lead']}\n\n{table}\n"


def _described(title: str, command: Any, lang: str) -> Iterator[str]:
    """What the help of one command says: its words, its usage, its example, its arguments and options."""
    words = _WORDS[lang]
    context = command.context_class(command, info_name=title)
    example = _EXAMPLE.search(command.help)
    yield _EXAMPLE.sub("", command.help).strip()
    yield _code(_parsers_words(command.get_usage(context).partition(": ")[2], lang))
    if example:
        yield words["example"]
        yield _code(example[1])
    for kind in ("argument", "option"):
        records = [each.get_help_record(context) for each in command.get_params(context) if _is(each, kind)]
        if records:
            yield f"**{words[kind + 's']}**"
            yield "\n".join(_line(name, _parsers_words(said, lang)) for name, said in records)


def _is(parameter: Any, kind: str) -> bool:
    return parameter.param_type_name == kind and not getattr(parameter, "hidden", False)


def _parsers_words(text: str, lang: str) -> str:
    """The words that the parser itself puts into a help page, in the language of the page."""
    for each in HEADINGS:
        text = text.replace(each, _speech(lang).translate(each))
    return text


def _line(name: str, said: str) -> str:
    """An argument or option: a list holds it on a phone too, and on every site a `|` in a table would cut it."""
    return f"- `{' '.join(name.split())}`: {' '.join(said.split())}"


def _code(text: str) -> str:
    return f"```\n{text}\n```"


def _session(name: str, lang: str, desk: Path) -> str:
    """The session of a command in a folder that holds nothing but the example book of the language."""
    _lay_out(lang, desk)
    shown = []
    for step in SESSIONS[name]:
        command, lines = (step, None) if isinstance(step, str) else (step.get("run", step), step.get("lines"))
        if not isinstance(command, str):
            command = command[lang]
        command = command.format(book=BOOKS[lang])
        said = run(command, desk, lang)
        if lines != 0:  # else it only prepares what is shown
            shown.append(written(command, said, lines))
    return "```console\n" + "\n\n".join(shown) + "\n```"


def _lay_out(lang: str, desk: Path) -> None:
    """The example book, and the settings that the English one comes with; both with somebody who works in it."""
    examples = ROOT / "examples" / ("en" if lang == "en" else "")
    shutil.copyfile(examples / BOOKS[lang], desk / BOOKS[lang])
    given = examples / FILE
    settings = given.read_text("utf-8") if given.exists() else ""
    (desk / FILE).write_text(f'{settings}actor = "{ACTORS[lang]}"\n', "utf-8")
