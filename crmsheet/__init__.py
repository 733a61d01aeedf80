"""A CRM that lives in the spreadsheet you already have.

The Python API: `crmsheet.open("customers.xlsx")` gives a `CustomerBook`. See docs/api.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = ["ChangeSet", "CustomerBook", "Result", "errors", "open"]

if TYPE_CHECKING:
    from crmsheet.app.api import CustomerBook
    from crmsheet.app.api import open_book as open  # noqa: A004  (called as crmsheet.open, like gzip.open)
    from crmsheet.app.results import Result
    from crmsheet.core import errors
    from crmsheet.core.changes import ChangeSet
else:

    def __getattr__(name: str) -> object:
        """A public name, imported when it is first used: `import crmsheet` loads no pandas."""
        from importlib import import_module

        homes = {
            "ChangeSet": "crmsheet.core.changes",
            "CustomerBook": "crmsheet.app.api",
            "Result": "crmsheet.app.results",
            "errors": "crmsheet.core.errors",
            "open": "crmsheet.app.api",
        }
        if name not in homes:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = import_module(homes[name])
        return home if name == "errors" else getattr(home, "open_book" if name == "open" else name)

    def __dir__() -> list[str]:
        return sorted([*globals(), *__all__])
