"""What a user installs holds what the program needs, and what the docs promise is there."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile

import pytest

from crmsheet.cli.main import COMMANDS
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_carries_schemas_words_and_weights(wheel_names):
    for path in (ROOT / "schemas").glob("*.yaml"):
        assert f"crmsheet/resources/shipped/schemas/{path.name}" in wheel_names
    for name in ("resources/locale/zh/LC_MESSAGES/crmsheet.mo", "match/weights.yaml", "match/words.yaml", "py.typed"):
        assert f"crmsheet/{name}" in wheel_names


def test_the_wheel_carries_nothing_else(wheel_names):
    assert {name.split("/")[0] for name in wheel_names if "dist-info" not in name} == {"crmsheet"}


@pytest.mark.parametrize("page", ["README.md", "docs/README.zh.md"])
def test_every_command_is_in_the_table(page):
    text = (ROOT / page).read_text("utf-8")
    assert set(re.findall(r"^\| `crmsheet (\w+)", text, flags=re.MULTILINE)) == set(COMMANDS)


def test_every_exit_code_is_in_the_readme():
    from tests.house.test_house import EXIT_CODES

    line = (ROOT / "README.md").read_text("utf-8").partition("Exit codes:")[2]
    assert {int(each) for each in re.findall(r"\b(\d+) [a-z]", line.partition("\n\n")[0])} >= EXIT_CODES - {7}


def test_links_lead_somewhere():
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_setting_is_documented():
    from crmsheet.app.settings import KEYS

    text = (ROOT / "docs/settings.md").read_text("utf-8")
    for key in KEYS:
        assert re.search(rf"^{key.rpartition('.')[2]} = ", text, flags=re.MULTILINE), key


def test_every_dependency_has_a_reason():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    reasons = (ROOT / "docs/dependencies.md").read_text("utf-8")
    for each in project["dependencies"]:
        assert f"| {re.split('[<>=]', each)[0]} |" in reasons
