"""Which encoding a text file is written in, judged from its bytes.

Byte order marks and valid UTF-8 decide; what remains is judged by how much of the text outside ASCII is common
writing of a language: the first levels of the character sets GB 2312, Big5, JIS X 0208 and KS X 1001 were put
together by frequency, so common text lies almost wholly within them.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8_RUN = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_WORD = re.compile(r"[^\W\d_a-zA-Z]{2,}")
_SAMPLE = 400_000
_KANA = frozenset(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD))))
_SIGNS = frozenset("“”‘’–—…•€£¥°®©™½¼¾²³«»·¿¡ºª§±×\xa0")
_LATIN = {
    "cp1252": "éèàçùâêîôûëïüöäßñáíóúãõåøæœÿÉÈÀÇÊÎÔÖÜÄÑÁÍÓÚÅØÆŒ",
    "cp1250": "áéíóúýčďěňřšťůžąćęłńśźżăâîşţđőűôöüäëçßÁÉÍÓÚÝČĎĚŇŘŠŤŮŽĄĆĘŁŃŚŹŻĂÂÎŞŢĐŐŰÔÖÜÄ",
    "cp1254": "çğıöşüâîûÇĞİÖŞÜ",
}
_LETTERS = {
    "cp1251": "оеаинтсрвлкмдпуя",
    "koi8_r": "оеаинтсрвлкмдпуя",
    "iso8859_5": "оеаинтсрвлкмдпуя",
    "cp1253": "αοιετσνηυρπκλμςάέήίόύώ",
    "cp1255": "יולהתאשרבמנדחעפ",
    "cp1256": "البيتنمرودسعةكف",
}
_FEW = 12
_SOME = 20
_DOUBT = 0.5


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file without its byte order mark, and the Python codec that gives it."""

    text: str
    encoding: str
    bom: bool


class Undecodable(Exception):
    """No encoding fits; `line` (from 1) holds the first stray byte where the rest is UTF-8, 0 where nothing fits."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def decode(content: bytes) -> Decoded:
    """The text in the bytes.

    Raises:
        Undecodable: damaged UTF-8, or bytes of no known encoding.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(_strict(content[len(mark) :], encoding), encoding, bom=True)
    if b"\0" in content:
        return _without_mark(content)
    try:
        return Decoded(content.decode("utf-8"), "utf-8", bom=False)
    except UnicodeDecodeError as error:
        if _is_damaged_utf8(content):
            raise Undecodable(content.count(b"\n", 0, error.start) + 1) from error
    for encoding in _ranked(content):
        try:
            return Decoded(content.decode(encoding), encoding, bom=False)
        except UnicodeDecodeError:
            continue
    raise Undecodable(0)


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "ignore")
        raise Undecodable(before.count("\n") + 1) from error


def _without_mark(content: bytes) -> Decoded:
    """UTF-16 without a mark: in the right order of bytes, ends of lines and of fields are found."""
    best: tuple[int, Decoded] | None = None
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        marks = sum(text.count(each) for each in "\n\r\t,; ")
        if "\0" not in text and (best is None or marks > best[0]):
            best = marks, Decoded(text, encoding, bom=False)
    if best is None or not best[0]:
        raise Undecodable(0)
    return best[1]


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether nearly all bytes outside ASCII form UTF-8 characters."""
    high = sum(map(len, _HIGH.findall(content)))
    whole = sum(map(len, _UTF8_RUN.findall(content)))
    return whole >= _FEW and whole > 0.9 * high


def _ranked(content: bytes) -> list[str]:
    """Encodings by the score of a sample, the best first; doubtful files are taken for Chinese, then Western."""
    sample = content[:_SAMPLE]
    if len(content) > _SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    scores = {name: _score(sample, name) for name in (*_asian(), *_LATIN, *_LETTERS)}
    ranked = [name for name in sorted(scores, key=scores.__getitem__, reverse=True) if scores[name] >= _DOUBT]
    return [*ranked, "gb18030", "cp1252"]


@cache
def _asian() -> dict[str, frozenset[str]]:
    """Common characters by codec; kana are wanted of Japanese and not counted for Chinese."""
    korean = _cells("euc_kr", (0xB0, 0xC8), (0xA1, 0xFE))
    signs = _cells("gb2312", (0xA1, 0xA3), (0xA1, 0xFE))
    simplified = _cells("gb2312", (0xB0, 0xD7), (0xA1, 0xFE)) | signs
    traditional = _cells("big5", (0xA1, 0xC6), (0x40, 0xFE))
    kanji = _cells("euc_jp", (0xB0, 0xCF), (0xA1, 0xFE)) | signs | _KANA
    return {"gb18030": simplified, "cp950": traditional, "cp932": kanji, "euc_jp": kanji, "cp949": korean | signs}


def _cells(codec: str, lead: tuple[int, int], trail: tuple[int, int]) -> frozenset[str]:
    """The characters of a block of a double-byte set."""
    pairs = (bytes((a, b)) for a in range(lead[0], lead[1] + 1) for b in range(trail[0], trail[1] + 1))
    return frozenset("".join(pair.decode(codec, "ignore") for pair in pairs))


def _score(sample: bytes, encoding: str) -> float:
    """The share of common writing among what is not ASCII, 0 to 1; 0 where the sample does not decode."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(sample) - 4:
            return 0.0
        text = sample[: error.start].decode(encoding)
    foreign = [each for each in text if each > "\x7f"]
    if not foreign:
        return 0.0
    if encoding in _LATIN:
        return _latin_score(text, len(foreign), _LATIN[encoding])
    if encoding in _LETTERS:
        return _letter_score(text, len(foreign), frozenset(_LETTERS[encoding]))
    common = _asian()[encoding]
    share = sum(each in common for each in foreign) / len(foreign)
    if encoding in ("cp932", "euc_jp"):
        # Without kana it may be Chinese; half-width kana are what other encodings look like.
        kana = sum(each in _KANA for each in foreign) / len(foreign)
        return share if kana > 0.1 else 0.5 * share
    if encoding == "cp949":
        # Hangul lie where half of all common Chinese characters lie, so only a text that is nothing else is Korean.
        return share + 0.01 if share > 0.97 and len(set(foreign)) >= _SOME else 0.5 * share
    return share


def _letter_score(text: str, count: int, common: frozenset[str]) -> float:
    """Letters of another alphabet stand in words of their own, mostly in lower case."""
    words = "".join(_WORD.findall(text))
    share = sum(each in common for each in words) + 0.5 * sum(each.lower() in common for each in words)
    return share / (1.6 * count)


def _latin_score(text: str, count: int, letters: str) -> float:
    """Letters with accents stand beside plain letters."""
    beside = re.findall(rf"(?<=[A-Za-z])[{letters}]|[{letters}](?=[A-Za-z])", text)
    signs = sum(text.count(each) for each in _SIGNS)
    return (len(beside) + 0.9 * signs) / count
