"""The day of the docs: their sessions are run while the clock of crmsheet stands at an hour of 23 November 2026.

As a program (`python -m tests.morning 9 ...`) it is `crmsheet` at that hour.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from crmsheet.cli import desk
from crmsheet.sample import EXAMPLE_DAY

PLACE = "/srv/crm-team"
"""The folder as the docs show it. It is as long as a real one, so that lines which name it break where they did."""

_HELD = re.compile(
    r"(since\s+|自\s*)\d{4}-\d\d-\d\d(\s+)\d\d:\d\d(,\s+for\s+|\s*起\s*，\s*已\s*占\s*用\s*)\d+(\s+s|\s*秒)"
)
"""Since when a file is held, and for how long: a mark has the time of the disk, which no test holds."""


@contextmanager
def workplace() -> Iterator[Path]:
    """A new folder that the docs show as PLACE, and that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def as_shown(said: str, folder: Path) -> str:
    """What was said in a workplace, as the docs show it: in its folder, and at its hour by the files too."""
    said = said.replace(str(folder.resolve()), PLACE).replace(folder.name, Path(PLACE).name)
    return _HELD.sub(rf"\g<1>{EXAMPLE_DAY}\g<2>09:00\g<3>1\g<4>", said)


def clock(hour: int) -> Any:
    """What stands for the module `datetime` in `crmsheet.cli.desk`, the only place that asks for the time."""

    class Held(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Held:
            return cls(EXAMPLE_DAY.year, EXAMPLE_DAY.month, EXAMPLE_DAY.day, hour, tzinfo=dt.UTC)

        def astimezone(self, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime.combine(self.date(), self.timetz())

    return SimpleNamespace(datetime=Held, date=dt.date)


if __name__ == "__main__":
    from crmsheet.cli import terminal
    from crmsheet.cli.main import main

    desk.dt = clock(int(sys.argv.pop(1)))
    terminal.SLOW_SECONDS = 3600.0  # what is slow on a busy machine is not what the docs tell of
    main()
