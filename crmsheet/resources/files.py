"""Where shipped files are: inside the installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def shipped(kind: str) -> Path:
    """The folder of shipped `schemas` or `templates`.

    Raises:
        FileNotFoundError: the installation lacks them.
    """
    for folder in (_HERE / "shipped" / kind, _HERE.parent.parent / kind):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"crmsheet was installed without its {kind}")
