"""How a value may be spelt in the bytes of a book: encodings, escapes, spaces in numbers, runs of rich text.

A value that is found is masked byte for byte: digits become 0, letters x, anything else *, and signs, tags and
separators stay. So what was around it can still be read, and an XML part or a CSV file is sound as before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LONG_NUMBER = 7
"""Digits from which on a number is somebody's: shorter ones are also row numbers, styles and amounts."""
_SHORTEST = 2
_LONGEST = 4096
_OTHERS = ("gb18030", "big5hkscs", "cp1252", "utf-16-le", "utf-16-be")
_NAMED = {"&": rb"&amp;", "<": rb"&lt;", ">": rb"&gt;", '"': rb"&quot;", "'": rb"&apos;"}
_FULL_WIDTH = 0xFEE0
_RUN = rb"(?:</t></r><r>(?:<rPr>(?:(?!</rPr>).){0,800}</rPr>)?<t[^<>]{0,40}>)?"
"""Where a rich text goes on with another format."""
_BETWEEN = "-. ()/\u00a0"
"""What stands between the digits of a number."""
_DIVIDERS = "".join(_BETWEEN).encode() + b"\0"
_ESCAPES = re.compile(rb"&(?!amp;|lt;|gt;)|\\|</r>|\xef\xbc[\x90-\x99\xa1-\xba]|\xef\xbd[\x81-\x9a]")
"""What may spell a sign in another way: then the patterns have to look."""
_ABROAD = re.compile(r"^(?:00)?86(?=1\d{10}$)")
"""Numbers of mobile phones stand with and without it."""
_EPOCH = dt.date(1899, 12, 30)
_NUMBER_CELL = rb'<c(?![^<>]* t="(?:s|b|e|str)")[^<>]*>(?:<f[^<>]*>[^<]*</f>)?<v>(?P<value>%s)(?:\.0+)?</v>'
_ATTRIBUTES = rb"(?:v|name|author|display|tooltip|descr|title|prompt|initials)"
_TOKEN = re.compile(
    rb"</t></r><r>(?:<rPr>(?:(?!</rPr>).)*</rPr>)?<t[^<>]*>|&#?\w+;|\\u[0-9a-fA-F]{4}|[0-9]|[A-Za-z]|[\x80-\xff]+",
    re.DOTALL,
)
_MARKUP = re.compile(rb"</")


@dataclass(frozen=True, slots=True)
class _Spelling:
    """A pattern and how what it finds is masked; `anywhere` in the markup of XML, or only in its texts.

    `probes` are bytes of which one stands in whatever the pattern finds, but for escapes: most contents hold none.
    """

    pattern: re.Pattern[bytes]
    probes: tuple[bytes, ...]
    encoding: str = "utf-8"
    anywhere: bool = True

    def may_stand_in(self, lowered: bytes, bare: bytes) -> bool:
        """Whether looking is worth it; `bare` is without what stands between digits."""
        return any(each in lowered or each in bare for each in self.probes)


class Spellings:
    """Some values, as they are looked for in bytes."""

    longest = _LONGEST

    def __init__(self, values: Iterable[str]) -> None:
        self._spellings = [each for value in values for each in _spellings(value.strip())]

    def masked(self, content: bytes) -> bytes | None:
        """The content with the values masked, as long as before; None where there is none."""
        made = bytearray(content)
        lowered = content.lower()
        bare, escaped = lowered.translate(None, _DIVIDERS), _ESCAPES.search(lowered) is not None
        for spelling in self._spellings:
            if not escaped and not spelling.may_stand_in(lowered, bare):
                continue
            for found in spelling.pattern.finditer(content):
                if spelling.anywhere or not _is_markup(content, *found.span()):
                    start, stop = found.span("value")
                    made[start:stop] = _mask(content[start:stop], spelling.encoding)
        return bytes(made) if made != content else None


def is_telling(value: str) -> bool:
    """Whether a value can be looked for: it is long enough to be somebody's."""
    bare = value.strip()
    if _day(bare):
        return True
    digits = sum(map(str.isdigit, bare))
    if digits and not any(map(str.isalpha, bare)):
        return digits >= LONG_NUMBER
    return len(bare) >= _SHORTEST


def _spellings(value: str) -> Iterator[_Spelling]:
    day = _day(value)
    if day:
        yield from _of_day(day)
        return
    number = is_number(value)
    anywhere = number or not value.isascii() or not value.replace("-", "").isalnum()
    signs = list(_ABROAD.sub("", "".join(filter(str.isdigit, value)))) if number else list(value)
    pattern = _compiled([_as_text(each) for each in signs], _between(number) + _RUN, _edges(value))
    yield _Spelling(pattern, _probes("".join(signs), "utf-8"), anywhere=anywhere)
    for encoding in _OTHERS:
        encoded = [_in(each, encoding) for each in signs]
        if None not in encoded and (encoding.startswith("utf-16") or not value.isascii()):
            pattern = _compiled([each or b"" for each in encoded], _between(number, encoding), (b"", b""))
            probes = _probes("".join(signs), "ascii" if number else encoding)
            yield _Spelling(pattern, probes, encoding)
    if number:
        yield from _as_float("".join(signs))


def _probes(value: str, encoding: str) -> tuple[bytes, ...]:
    """The longest part of a value that is spelt in one way only, but for the case of Latin letters."""
    plain = max("".join(each if _is_plain(each) else "\0" for each in value).split("\0"), key=len)
    return (_raw(plain, encoding).lower(),)


def _is_plain(sign: str) -> bool:
    return sign not in "&<>\"'\\/" and (sign.isascii() or sign.lower() == sign.upper())


def is_number(value: str) -> bool:
    """Whether a value is a long number, however it is divided."""
    return sum(map(str.isdigit, value)) >= LONG_NUMBER and all(
        each.isdigit() or each in f"+{_BETWEEN}" for each in value
    )


def _compiled(signs: Sequence[bytes], between: bytes, edges: tuple[bytes, bytes]) -> re.Pattern[bytes]:
    return re.compile(edges[0] + rb"(?P<value>" + between.join(signs) + rb")" + edges[1], re.DOTALL)


def _edges(value: str) -> tuple[bytes, bytes]:
    """A word in Latin letters is no part of a longer one."""
    first, last = value[0], value[-1]
    before = rb"(?<![A-Za-z])" if first.isascii() and first.isalpha() else b""
    return before, rb"(?![A-Za-z])" if last.isascii() and last.isalpha() else b""


def _between(number: bool, encoding: str = "utf-8") -> bytes:
    if not number:
        return b""
    return rb"(?:" + b"|".join(re.escape(each) for sign in _BETWEEN if (each := _raw(sign, encoding))) + rb"){0,3}"


def _raw(sign: str, encoding: str) -> bytes:
    try:
        return sign.encode(encoding)
    except UnicodeEncodeError:
        return b""


def _in(sign: str, encoding: str) -> bytes | None:
    """A sign in an encoding, in both cases of a letter."""
    spelt = [_raw(each, encoding) for each in dict.fromkeys((sign, sign.lower(), sign.upper()))]
    return rb"(?:" + b"|".join(map(re.escape, spelt)) + rb")" if all(spelt) else None


def _as_text(sign: str) -> bytes:
    """A sign in UTF-8, as XML or JSON may spell it, and in full width."""
    forms = dict.fromkeys((sign, sign.lower(), sign.upper()))
    wide = [chr(ord(each) + _FULL_WIDTH) for each in forms if len(each) == 1 and "!" <= each <= "~"]
    spelt = [part for each in (*forms, *wide) for part in _forms(each)]
    return rb"(?:" + b"|".join(dict.fromkeys(spelt)) + rb")"


def _forms(sign: str) -> Iterator[bytes]:
    if len(sign) != 1:
        yield re.escape(sign.encode())  # the upper case of a ligature
        return
    number = ord(sign)
    yield re.escape(sign.encode(errors="surrogatepass"))
    yield rb"&#0*%d;" % number
    yield rb"&#[xX]0*(?i:%x);" % number
    halves = sign.encode("utf-16-be", errors="surrogatepass")
    pairs = [halves[at : at + 2].hex().encode() for at in range(0, len(halves), 2)]
    yield rb"(?i:" + b"".join(rb"\\u" + each for each in pairs) + rb")"
    if sign in _NAMED:
        yield _NAMED[sign]
    if sign in '"\\/':
        yield re.escape(b"\\" + sign.encode())
    if sign == '"':
        yield b'""'


def _as_float(digits: str) -> Iterator[_Spelling]:
    """A number as programs write large ones: 1.3800138E10."""
    if digits.startswith("0"):
        return
    mantissa = digits.rstrip("0")
    point = f"{mantissa[0]}.{mantissa[1:]}" if len(mantissa) > 1 else mantissa
    pattern = rb"(?<![0-9.])(?P<value>%s0*)[eE]\+?0*%d(?![0-9])" % (re.escape(point).encode(), len(digits) - 1)
    yield _Spelling(re.compile(pattern), (mantissa[1:].encode(),))


def _day(value: str) -> dt.date | None:
    found = re.fullmatch(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?", value)
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _of_day(day: dt.date) -> Iterator[_Spelling]:
    """A day in words with its year first or last, and as the number in a cell of a workbook that is no text."""
    sep = rb"(?:[-./ ]|\xe5\xb9\xb4|\xe6\x9c\x88|\\u5e74|\\u6708)"
    year, month, date = b"%d" % day.year, b"0?%d" % day.month, b"0?%d" % day.day
    for order in ((year, month, date), (date, month, year), (month, date, year)):
        yield _Spelling(re.compile(rb"(?<![0-9])(?P<value>" + sep.join(order) + rb")(?![0-9])"), (year,))
    joined = b"%d%02d%02d" % (day.year, day.month, day.day)
    yield _Spelling(re.compile(rb"(?<![0-9])(?P<value>" + joined + rb")(?![0-9])"), (joined,))
    serial = b"%d" % (day - _EPOCH).days
    yield _Spelling(re.compile(_NUMBER_CELL % serial), (serial,))


def _is_markup(content: bytes, start: int, stop: int) -> bool:
    """Whether a stretch of XML is part of a tag and not of a text, nor the whole of an attribute that holds texts."""
    opened = content.rfind(b"<", 0, start)
    if opened < 0 or content.find(b">", opened, start) >= 0 or not _MARKUP.search(content):
        return False
    told = re.search(rb" " + _ATTRIBUTES + rb'="$', content[max(start - 16, 0) : start])
    return not (told and content[stop : stop + 1] == b'"')


def _mask(value: bytes, encoding: str) -> bytes:
    """A value masked, sign by sign."""
    if encoding == "utf-8":
        return _TOKEN.sub(lambda found: _masked_token(found[0]), value)
    masked: list[bytes] = []
    for sign in value.decode(encoding, errors="replace"):
        mask = _masked_sign(sign).encode(encoding)
        masked.append(mask * (len(sign.encode(encoding, errors="replace")) // len(mask)))
    return b"".join(masked)


def _masked_token(token: bytes) -> bytes:
    if token.startswith(b"<"):
        return token
    if token.startswith(b"&"):
        return b"&#" + b"42".rjust(len(token) - 3, b"0") + b";" if len(token) >= len(b"&#42;") else b"*" * len(token)
    if token.startswith(b"\\u"):
        return rb"\u002a"
    return b"0" if token.isdigit() else b"x" if token.isalpha() else b"*" * len(token)


def _masked_sign(sign: str) -> str:
    return (
        _masked_token(sign.encode()).decode() if sign.isascii() and sign.isalnum() else sign if sign.isascii() else "*"
    )
