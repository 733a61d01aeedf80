"""How a CSV file is written: encoding, delimiter, quoting, line ends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How a CSV file is written, so that an edit can be written the same way.

    `encoding`       the name of a Python codec without byte order mark
    `bom`            whether the file begins with a byte order mark
    `lineterminator` the commonest line end
    `final_newline`  whether the last record ends with a line end
    `quote_all`      whether every field is quoted
    """

    encoding: str = "utf-8"
    bom: bool = False
    delimiter: str = ","
    quotechar: str = '"'
    doublequote: bool = True
    lineterminator: str = "\n"
    final_newline: bool = True
    quote_all: bool = False
