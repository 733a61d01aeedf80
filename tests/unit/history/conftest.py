"""A history in a fresh folder."""

import pytest

from crmsheet.history.store import History
from tests.unit.history.made import FRAMING


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / ".crmsheet" / "客户.xlsx", FRAMING)
