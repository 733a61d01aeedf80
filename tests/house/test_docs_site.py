"""The docs site builds without a warning in both languages, from the disk and without any other host."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.conftest import ROOT

LANGUAGES = {"en": ("mkdocs.yml", "."), "zh": ("mkdocs.zh.yml", "zh")}
_LEADS = re.compile(r'<(?P<tag>\w+)[^>]*?\b(?:href|src)="?(?P<target>[^"\s>]+)')
_LOADS = ("link", "script", "img", "iframe", "source")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The built site, the English pages at its root and the Chinese ones in zh/."""
    folder = tmp_path_factory.mktemp("site")
    for config, place in LANGUAGES.values():
        command = [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "--quiet",
            "-f",
            config,
            "-d",
            str(folder / place),
        ]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return folder


def pages(site: Path) -> list[Path]:
    return [each for each in site.rglob("*.html") if each.name != "404.html"]


def test_every_page_is_there(site):
    docs = [each.relative_to(ROOT / "docs") for each in (ROOT / "docs").rglob("*.md") if each.name != "README.zh.md"]
    assert {each.relative_to(site).with_suffix(".md") for each in pages(site)} == set(docs)


def test_links_and_pictures_lead_somewhere(site):
    for page in pages(site):
        for found in _LEADS.finditer(page.read_text("utf-8")):
            target = urlsplit(found["target"])
            if not target.scheme and target.path:
                place = page.parent / unquote(target.path)
                assert place.exists(), f"{page.relative_to(site)}: {found['target']}"


def test_no_page_asks_another_host(site):
    for page in pages(site):
        for found in _LEADS.finditer(page.read_text("utf-8")):
            if found["tag"] in _LOADS:
                assert not urlsplit(found["target"]).netloc, f"{page.relative_to(site)}: {found['target']}"


def test_a_page_and_its_twin_lead_to_each_other(site):
    for name in ("tutorial.html", "safety.html", "commands/check.html"):
        english, chinese = site / name, site / "zh" / name
        for here, there, lang in ((english, chinese, "zh"), (chinese, english, "en")):
            (switch,) = re.findall(
                rf'<a class="?crmsheet-language"? href="?([^"\s>]+)"? hreflang="?{lang}\b', here.read_text("utf-8")
            )
            assert (here.parent / switch).resolve() == there.resolve()
