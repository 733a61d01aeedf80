"""Fixtures for all rooms, and the end-to-end tests that this machine cannot run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest
from hypothesis.internal.conjecture import providers

# A change is judged by the same examples everywhere, and a slow machine changes no verdict. `make explore` draws anew,
# and makes small what it finds: of a whole book that takes minutes.
FOUND = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, database=None, phases=FOUND)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile("steady")
# Else the constants of whatever modules a worker has loaded by then would be among the examples, in each run others.
providers._get_local_constants = lambda: providers._local_constants

ROOT = Path(__file__).parent.parent
REQUIRED = os.environ.get("CRMSHEET_E2E") == "required"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files instead of comparing")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real material beside the checkout; tests that take it are skipped where it is not."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real material beside the checkout")
    return folder


def pytest_runtest_setup(item: pytest.Item) -> None:
    """An end-to-end test needs its program: without it CI fails and a user's machine lists the test."""
    for marker in item.iter_markers("e2e"):
        missing = [each for each in marker.args if not shutil.which(each)]
        if missing and REQUIRED:
            pytest.fail(f"{', '.join(missing)} must be installed here", pytrace=False)
        if missing:
            pytest.skip(f"end to end: {', '.join(missing)} is not installed")
