"""How a CSV text is written, judged from its beginning.

Every way of writing that the text may follow is tried; the one that cuts the most records into the same number of
fields, with the fewest quotes that do not fit, is it. What people seldom separate fields by (`:`, `^`, a space) counts
only where the usual delimiters make no table, and where it cuts every record alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from crmsheet.book.csv_records import Records, raw_fields, records, spans
from crmsheet.book.csv_strays import LINE_END, Unclosed
from crmsheet.book.dialect import CsvDialect
from crmsheet.book.encoding import Decoded

_USUAL = (",", "\t", ";", "|")
_RARE = ("^", "~", "¦", "\x1f", "\x01", ":", ",", ";", "#", "*", "&", "$", " ")
_ALONE_ENOUGH = frozenset("^~¦\x1f\x01")
_SEP = re.compile(r"sep=(.)(?:\r\n|\n|\r|\Z)", re.IGNORECASE)
_SAMPLE = 65_536
_SAMPLE_LINES = 300
_MAKES_NO_TABLE = 0.5
_ALL_BUT_FEW = 0.9


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a dialect fits: the share of records of the commonest width, and that width.

    `odd` is the share of records with stray quotes, `first` whether the first record has that width too.
    """

    dialect: CsvDialect
    share: float
    width: int
    odd: float
    first: bool
    found: Records

    def rank(self) -> tuple[float, bool, int]:
        return self.worth(), self.first, self.width

    def worth(self) -> float:
        """0 to 1: a record that can only be read as an odd one is half a proof."""
        return round(self.share - self.odd / 2, 2)


def sniff(decoded: Decoded, *, tabs: bool = False) -> CsvDialect:
    """How a text is written; `tabs` prefers the tab where nothing else speaks."""
    said = _SEP.match(decoded.text)
    preface = said[0] if said else ""
    sample = _sample(decoded.text, len(preface))
    ends = Counter(LINE_END.findall(sample))
    written = CsvDialect(
        encoding=decoded.encoding,
        rival=decoded.rival,
        bom=decoded.bom,
        preface=preface,
        delimiter=said[1] if said else "\t" if tabs else ",",
        lineterminator=ends.most_common(1)[0][0] if ends else "\n",
        final_newline=decoded.text.endswith(("\n", "\r")),
    )
    fit = _quoting(sample, written) if said else _best(sample, written)
    end = _record_end(sample, fit.dialect) if len(ends) > 1 else written.lineterminator
    return replace(fit.dialect, lineterminator=end, quote_all=_all_quoted(sample, fit.dialect), width=fit.width)


def _record_end(sample: str, dialect: CsvDialect) -> str:
    """The commonest line end between records; those within quotes belong to the text of a cell."""
    ends = Counter(sample[each.end : each.following] for each in spans(sample, replace(dialect, width=0)))
    del ends[""]
    return ends.most_common(1)[0][0] if ends else dialect.lineterminator


def _sample(text: str, begin: int) -> str:
    """The first lines, whole ones."""
    sample = text[begin : begin + _SAMPLE]
    cut = len(text) > begin + _SAMPLE
    for number, match in enumerate(LINE_END.finditer(sample), 1):
        if number == _SAMPLE_LINES:
            return sample[: match.end()]
    return (sample[: sample.rfind("\n") + 1] or sample) if cut else sample


def _best(sample: str, written: CsvDialect) -> _Fit:
    """The dialect that fits best; that of `written` where nothing fits better."""
    order = sorted(_USUAL, key=lambda each: each != written.delimiter)
    fits = [_quoting(sample, replace(written, delimiter=each)) for each in order if each in sample]
    best = max(fits, key=_Fit.rank, default=_fit(sample, written))
    if best.share < _MAKES_NO_TABLE or best.width < 2 or not best.first:
        head = sample.lstrip("\r\n").partition("\n")[0]
        rare = [_quoting(sample, replace(written, delimiter=each)) for each in _RARE if each in head]
        return max((each for each in rare if _is_certain(each)), key=_Fit.rank, default=best)
    return best


def _is_certain(fit: _Fit) -> bool:
    """Whether a rare delimiter makes a table beyond doubt: names have spaces, and times have colons."""
    if fit.share < 1.0 or not fit.first or fit.odd:
        return False
    return len(fit.found.widths) > 1 and fit.width >= (2 if fit.dialect.delimiter in _ALONE_ENOUGH else 3)


def _quoting(sample: str, written: CsvDialect) -> _Fit:
    """The best fit of a delimiter: by which quotes, escaped how, and whether spaces follow it."""
    fit = _fit(sample, written)
    tries: list[CsvDialect] = []
    if _may_be_quotes("'", sample, written.delimiter) and not _may_be_quotes('"', sample, written.delimiter):
        tries.append(replace(written, quotechar="'"))
    if '\\"' in sample:
        tries.append(replace(written, escape="\\"))
    for each in tries:
        other = _fit(sample, each)
        if other.worth() > fit.worth() or (other.worth() == fit.worth() and _explains_more(other, fit, sample)):
            fit = other
    if not _is_spaced(fit):
        return fit
    spaced = _fit(sample, replace(fit.dialect, spaced=True))
    if not spaced.dialect.escape and '\\"' in sample:
        spaced = max(spaced, _fit(sample, replace(spaced.dialect, escape="\\")), key=_Fit.worth)
    return spaced if fit.share >= _MAKES_NO_TABLE or spaced.worth() > fit.worth() else fit


def _explains_more(other: _Fit, fit: _Fit, sample: str) -> bool:
    """Of two that fit as well: fewer stray quotes prove an escape; other quotes are meant where most fields have them.

    A field that ends with a backslash proves none.
    """
    if other.dialect.escape:
        return len(other.found.strays) < len(fit.found.strays)
    return _mostly_quoted(sample, other.dialect)


def _fit(sample: str, dialect: CsvDialect) -> _Fit:
    found = records(sample, dialect, sample=True)
    width, _ = _commonest(found)
    if found.strays and width > 1:
        # What is odd is read anew, now that the width is known.
        with suppress(Unclosed):
            found = records(sample, replace(dialect, width=width), sample=True)
    width, share = _commonest(found)
    odd = len(found.strays) / max(1, len(found.widths))
    first = next((each for each in found.widths if each), 0)
    return _Fit(dialect, share, width, odd, first=first == width, found=found)


def _commonest(found: Records) -> tuple[int, float]:
    """The commonest width above one, and the share of records that have it."""
    widths = Counter(width for width in found.widths if width)
    if not widths:
        return 0, 0.0
    width, count = max(((w, n) for w, n in widths.items() if w > 1), key=lambda pair: pair[1], default=(1, 0))
    return width, count / widths.total()


def _may_be_quotes(quote: str, sample: str, delimiter: str) -> bool:
    """Whether several fields stand between such quotes, each on one line."""
    edge = re.escape(delimiter)
    whole = re.compile(rf"(?:^|{edge} ?){quote}[^{quote}\r\n]*{quote}(?={edge}|\r|\n|\Z)", re.MULTILINE)
    return len(whole.findall(sample)) > 1


def _mostly_quoted(sample: str, dialect: CsvDialect) -> bool:
    return _quoted_share(sample, dialect) > 0.5


def _is_spaced(fit: _Fit) -> bool:
    """Whether a space follows the delimiter nearly everywhere."""
    if fit.dialect.delimiter in " \t" or fit.width < 2:
        return False
    later = [each for each in _all_but_first(fit.found) if each]
    return bool(later) and sum(each.startswith(" ") for each in later) >= _ALL_BUT_FEW * len(later)


def _all_but_first(found: Records) -> Iterator[str]:
    """The fields that follow a delimiter."""
    at = 0
    for width in found.widths:
        yield from found.fields[at + 1 : at + width]
        at += width


def _all_quoted(sample: str, dialect: CsvDialect) -> bool:
    """Whether the fields of the sample are quoted, the empty ones aside."""
    return bool(dialect.quotechar) and _quoted_share(sample, dialect) >= _ALL_BUT_FEW


def _quoted_share(sample: str, dialect: CsvDialect) -> float:
    """The share of fields that begin with a quote, the empty ones aside."""
    raw = (
        each.lstrip(" ")
        for span in spans(sample, replace(dialect, width=0))
        for each in raw_fields(sample[span.begin : span.end], dialect)
    )
    quoted = [each.startswith(dialect.quotechar) for each in raw if each]
    return sum(quoted) / len(quoted) if quoted else 0.0
