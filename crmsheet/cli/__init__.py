"""Words in, exit code out."""

import os

# Before Typer is imported: its rich help costs 0.25 s of CPU at every start.
os.environ.setdefault("TYPER_USE_RICH", "0")
