"""The generated parts of the docs on settings, schemas and rules, made of what the program goes by."""

from __future__ import annotations

import json
import re
from pathlib import Path

from crmsheet.app.explain import explain
from crmsheet.app.setting_keys import KEYS
from crmsheet.core.messages import Speech
from crmsheet.core.rules import ASPECTS, RuleCard
from crmsheet.report.problems import SEVERITIES
from crmsheet.resources import rule_cards, speech

BOOK = "customers.csv"
CUSTOMERS = "客户编号,客户名称,手机\nC001,华星科技,13800138000\n"
_LEAD = {
    "en": "# Rules\n\nWhat `crmsheet explain` says of each rule. The first digit of a code tells what the rule is "
    "about; a code is never used for another rule.",
    "zh": "# 规则\n\n这里是 `crmsheet explain` 对每条规则的解释。代码的第一位数字表示规则的类别；代码不会改作他用。",
}


def page(name: str, lang: str) -> str:
    """Where a page of a language lies, below the repository."""
    return f"docs/{name}.md" if lang == "en" else f"docs/{lang}/{name}.md"


def settings_file(lang: str) -> str:
    """A `crmsheet.toml` that says what the defaults say, each setting with its meaning."""
    say = speech(lang)
    lines, within = [], ""
    for key in KEYS.values():
        table, _, name = key.name.rpartition(".")
        if table != within:
            lines += ["", f"[{table}]"]
            within = table
        meaning = say.translate(key.meaning).rstrip(".。")
        mark = "：" if lang == "zh" else ": "
        lines += [f"# {meaning}{mark}{say.say(key.form.expected)}", f"{name} = {_toml(key.default)}"]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {days}" for name, days in value.items()) + " }"
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return f'"{value}"' if isinstance(value, str) else repr(value)


def rules(lang: str) -> str:
    """The page of all rules."""
    say = speech(lang)
    parts = [_LEAD[lang]]
    for section in explain().sections:
        parts.append(f"## {say.say(section.title)}")
        parts += [_rule(rule_cards()[code], say) for code, *_ in section.rows]
    return "\n\n".join(parts) + "\n"


def _rule(card: RuleCard, say: Speech) -> str:
    lines = [f"### {card.code} · {say.translate(card.title)}", f"*{say.translate(SEVERITIES[card.severity])}*"]
    lines += [f"**{say.translate(ASPECTS[word])}** {say.translate(text)}" for word, text in card.aspects.items()]
    return "\n\n".join(lines)


def examples(text: str) -> list[re.Match[str]]:
    """The files and the sessions that a page gives, in order."""
    found = re.finditer(r'```(?:console|(?:yaml|toml) title="(?P<file>[^"]+)")\n(?P<text>.*?)```', text, re.DOTALL)
    return list(found)


def prepared(folder: Path) -> Path:
    """A folder with a small book."""
    (folder / BOOK).write_text(CUSTOMERS, "utf-8")
    return folder
