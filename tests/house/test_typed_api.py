"""The lazy exports of the package stay typed for those who import it."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def test_the_public_api_is_typed():
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "tests/house/uses_the_api.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
