"""What the site does beyond mkdocs: folders in the navigation, links that leave a language, the switch of languages."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent
NAMES = {"en": "English", "zh": "简体中文"}
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s:#]+)(#[^)\s]*)?\)")
_CODE = re.compile(r"(^```.*?^```)", re.DOTALL | re.MULTILINE)
_RULE = re.compile("─{8,}")


def on_config(config: Any) -> Any:
    """Navigation entries that end with `/` become the pages of that folder, the index first."""
    config.nav = [_expanded(each, Path(config.docs_dir)) for each in config.nav]
    return config


def _expanded(entry: Any, docs: Path) -> Any:
    if not isinstance(entry, dict):
        return entry
    ((title, inner),) = entry.items()
    if isinstance(inner, str) and inner.endswith("/"):
        names = sorted(each.name for each in (docs / inner).glob("*.md"))
        names.sort(key=lambda name: name != "index.md")
        return {title: [f"{inner}{name}" for name in names]}
    return {title: [_expanded(each, docs) for each in inner] if isinstance(inner, list) else inner}


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> str:
    """Links out of the tree of a language lead to the page in the site; words lead nowhere where no site has it."""
    source = Path(config.docs_dir) / page.file.src_uri

    def led(found: re.Match[str]) -> str:
        image, text, target, anchor = found[1], found[2], found[3], found[4] or ""
        path = (source.parent / target).resolve()
        if path.is_relative_to(Path(config.docs_dir).resolve()):
            return found[0]
        if image and path.is_relative_to(DOCS):
            return f'<img src="{target}" alt="{text}">'
        if path.is_relative_to(DOCS) and path.suffix == ".md":
            return f'<a href="{target.removesuffix(".md")}.html{anchor}">{text}</a>'
        return text

    parts = _CODE.split(markdown)
    return "".join(part if at % 2 else _LINK.sub(led, part) for at, part in enumerate(parts))


def on_page_content(html: str, **_: Any) -> str:
    """The lines of tables as wide as in a terminal, whatever the font of the reader makes of them."""
    return _RULE.sub(
        lambda found: f'<span class="crmsheet-rule" style="width:{len(found[0])}ch">{found[0]}</span>', html
    )


def on_page_context(context: Any, *, page: Any, config: Any, **_: Any) -> Any:
    """The page in each language, seen from the page: its twin where there is one, else the front page."""
    folders = {"en": DOCS, "zh": DOCS / "zh"}
    here = (folders[config.theme["language"]] / page.file.src_uri).parent
    context["languages"] = [
        {"name": name, "lang": lang, "link": _leading(here, folders[lang], page.file.src_uri)}
        for lang, name in NAMES.items()
    ]
    return context


def _leading(here: Path, folder: Path, name: str) -> str:
    twin = folder / name
    target = twin if twin.exists() else folder / "index.md"
    return Path(os.path.relpath(target, here)).with_suffix(".html").as_posix()
