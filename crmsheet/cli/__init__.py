"""Words in, exit code out."""

import os

# Before Typer is imported: its rich help costs 0.25 s of CPU at every start.
os.environ.setdefault("TYPER_USE_RICH", "0")
# Before numpy is imported: threads for matrices, of which there are none here, cost 0.05 s of CPU at every start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
