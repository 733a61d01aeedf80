"""A CRM that lives in the spreadsheet you already have.

The Python API: `crmsheet.open("customers.xlsx")` gives a `CustomerBook`; `read_cell`, `write_cell`, `append_row` and
`parts` work on any workbook. See docs/api.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "ChangeSet",
    "CustomerBook",
    "Formula",
    "Result",
    "append_row",
    "errors",
    "open",
    "parts",
    "read_cell",
    "write_cell",
]

if TYPE_CHECKING:
    from crmsheet.app.api import CustomerBook
    from crmsheet.app.api import open_book as open  # noqa: A004  (called as crmsheet.open, like gzip.open)
    from crmsheet.app.plain_api import append_row, parts, read_cell, write_cell
    from crmsheet.app.results import Result
    from crmsheet.core import errors
    from crmsheet.core.cells import Formula
    from crmsheet.core.changes import ChangeSet
else:

    def __getattr__(name: str) -> object:
        """A public name, imported when it is first used: `import crmsheet` loads no pandas."""
        from importlib import import_module

        homes = {
            "ChangeSet": "crmsheet.core.changes",
            "CustomerBook": "crmsheet.app.api",
            "Formula": "crmsheet.core.cells",
            "Result": "crmsheet.app.results",
            "append_row": "crmsheet.app.plain_api",
            "errors": "crmsheet.core.errors",
            "open": "crmsheet.app.api",
            "parts": "crmsheet.app.plain_api",
            "read_cell": "crmsheet.app.plain_api",
            "write_cell": "crmsheet.app.plain_api",
        }
        if name not in homes:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = import_module(homes[name])
        return home if name == "errors" else getattr(home, "open_book" if name == "open" else name)

    def __dir__() -> list[str]:
        return sorted([*globals(), *__all__])
