"""`python -m crmsheet.sample [FOLDER]` writes the example books anew, into `examples` unless told otherwise."""

import sys
from pathlib import Path

from crmsheet.sample.example import make_example

if __name__ == "__main__":
    make_example(Path(sys.argv[1] if len(sys.argv) > 1 else "examples"))
