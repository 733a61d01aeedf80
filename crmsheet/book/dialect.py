"""How a CSV file is written: encoding, delimiter, quoting, line ends."""

from __future__ import annotations

from dataclasses import dataclass

from crmsheet.core.messages import N_, Message


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How a CSV file is written, so that an edit can be written the same way.

    `encoding`       the name of a Python codec without byte order mark
    `rival`          another codec that fits nearly as well and gives another text, '' where there is none
    `bom`            whether the file begins with a byte order mark
    `preface`        a first line that names the delimiter (`sep=;`), with its line end; no record, as in Excel
    `quotechar`      '' where quotes are characters like others
    `escape`         the character before a quote within quotes, '' where it is doubled
    `spaced`         whether a space that belongs to no field follows each delimiter
    `lineterminator` the commonest line end
    `final_newline`  whether the last record ends with a line end
    `quote_all`      whether every field is quoted
    `width`          how many fields most records have: what a record with stray quotes is measured by; 0 if unknown
    `stray`          the first record whose quotes do not fit, 0 where there is none
    """

    encoding: str = "utf-8"
    rival: str = ""
    bom: bool = False
    preface: str = ""
    delimiter: str = ","
    quotechar: str = '"'
    escape: str = ""
    spaced: bool = False
    lineterminator: str = "\n"
    final_newline: bool = True
    quote_all: bool = False
    width: int = 0
    stray: int = 0

    def doubts(self) -> tuple[Message, ...]:
        """What of the file could have been meant otherwise, one sentence each without its end."""
        found = []
        if self.rival:
            template = N_(
                "its letters are taken for {encoding}, and might be {rival}; if names look wrong, save it as CSV UTF-8"
            )
            found.append(Message(template, {"encoding": self.encoding.upper(), "rival": self.rival.upper()}))
        if self.stray:
            template = N_(
                "quotation marks do not fit in record {row}, and are read as characters; see that its fields are right"
            )
            found.append(Message(template, {"row": self.stray}))
        return tuple(found)
