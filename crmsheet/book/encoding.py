"""Which encoding a text file is written in, judged from its bytes.

Byte order marks, escape sequences and valid UTF-8 decide. Then the double-byte sets of East Asia are asked, which a
table of a few short names must be told apart by: their first levels (GB 2312, Big5, JIS X 0208, KS X 1001) were put
together by frequency, so common text lies almost wholly within them. Everything else is judged by chardet. Where a
second encoding fits nearly as well and gives another text, it is named, so that it can be said.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\$\([@BD]|\$\)C|\([JI])")
_ESCAPED = ("iso2022_jp", "iso2022_kr", "iso2022_jp_2", "iso2022_jp_2004")
_UTF8_RUN = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_PAIR = re.compile(rb"[\x00-\x7f]+|\x8e[\xa1-\xb0][\xa1-\xfe]{2}|[\xa1-\xfe]{2}")
_SAMPLE = 200_000
_KANA = frozenset(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD))))
_AMONG_LETTERS = re.compile(r"(?<=[a-z])[^\x00-\x7f]|[^\x00-\x7f](?=[a-z])")
_JUDGED = {
    "gb18030": ("gb18030",),
    "big5hkscs": ("cp950", "big5hkscs"),
    "cp932": ("cp932",),
    "euc_jis_2004": ("euc_jp", "euc_jis_2004"),
    "cp949": ("cp949",),
    "cp1252": ("cp1252",),
    **{f"cp125{each}": (f"cp125{each}",) for each in (0, 1, 3, 4, 5, 6, 7, 8)},
    "iso8859-1": ("cp1252", "iso8859-1"),
    **{each: (each,) for each in ("iso8859-2", "iso8859-5", "iso8859-15", "cp866", "cp855", "cp874")},
    **{each: (each.replace("-", "_"),) for each in ("koi8-r", "mac-roman", "mac-cyrillic")},
}
"""chardet's name -> the codecs that give its text; the commoner ones first."""
_CODECS = dict.fromkeys(codec for codecs_of in _JUDGED.values() for codec in codecs_of)
_WIDE = frozenset({"gb18030", "cp950", "big5hkscs", "cp932", "euc_jp", "euc_jis_2004", "cp949"})
_HEADERS = frozenset("客户名称编号电话联系公司姓业务")
"""Two of these in a text that is read as Chinese are no accident."""
_UNUSUAL = re.compile("[¤¦¨´¸¼½¾\x80-\x9f]")
_FEW = 12
_SOME = 20
_COMMON = 0.9
_NEAR = 0.85
_EQUAL = 0.999


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file without its byte order mark, and the Python codec that gives it.

    `rival` is another codec that fits nearly as well and gives another text, '' where there is none.
    """

    text: str
    encoding: str
    bom: bool
    rival: str = ""


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
    if b"\0" in content and (decoded := _with_zeros(content)):
        return decoded
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_damaged_utf8(content):
            raise Undecodable(content.count(b"\n", 0, error.start) + 1) from error
        return _judged(content)
    if _ESCAPES.search(content):
        return _first(content, _ESCAPED)
    return Decoded(text, "utf-8", bom=False)


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "ignore")
        raise Undecodable(before.count("\n") + 1) from error


def _first(content: bytes, encodings: Sequence[str]) -> Decoded:
    """By the first codec that takes the bytes."""
    for encoding in encodings:
        try:
            return Decoded(content.decode(encoding), encoding, bom=False)
        except UnicodeDecodeError:
            continue
    raise Undecodable(0)


def _with_zeros(content: bytes) -> Decoded | None:
    """UTF-16 without a mark; None where the zero bytes are strays in some other text.

    In the right order of bytes, ends of lines and of fields are found.
    """
    if content.count(0) * 8 < len(content) and _decodes(content, "utf-8"):
        return None
    best: tuple[int, Decoded] | None = None
    for encoding in ("utf-16-le", "utf-16-be"):
        if not _decodes(content, encoding):
            continue
        text = content.decode(encoding)
        marks = sum(text.count(each) for each in "\n\r\t,; ")
        if "\0" not in text and (best is None or marks > best[0]):
            best = marks, Decoded(text, encoding, bom=False)
    if best is None or not best[0]:
        raise Undecodable(0)
    return best[1]


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether nearly all bytes outside ASCII form UTF-8 characters."""
    high = sum(map(len, _HIGH.findall(content)))
    whole = sum(map(len, _UTF8_RUN.findall(content)))
    return whole >= _FEW and whole > 0.9 * high


def _judged(content: bytes) -> Decoded:
    """By how the text would look; a doubtful file is taken for Chinese, then for Western."""
    sample = content[:_SAMPLE]
    if len(content) > _SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    ranked = _wide_ranked(sample)
    best = ranked[0][1] if ranked else 0.0
    if best < _COMMON:
        ranked = _judged_by_chardet(sample)
        if best and ranked and ranked[0][0] in _WIDE - {"gb18030"} and not _PAIR.sub(b"", content):
            # Pairs of bytes that make uncommon characters in every set that is known here: it may well be EUC-TW.
            raise Undecodable(0)
    decoded = _first(content, [*(name for name, _ in ranked), "gb18030", "cp1252"])
    return Decoded(decoded.text, decoded.encoding, bom=False, rival=_rival(sample, decoded.encoding, ranked))


def _rival(sample: bytes, chosen: str, ranked: Sequence[tuple[str, float]]) -> str:
    """The first encoding that fits as well as the chosen one, in a short text nearly as well, with another text."""
    best = max((score for _, score in ranked), default=0.0)
    text = sample.decode(chosen, "ignore")
    if chosen == "gb18030" and len(_HEADERS & set(text)) > 1:
        return ""
    foreign = [each for each in text if each > "\x7f"]
    few = len(set(foreign) if chosen in _WIDE else foreign) < _SOME
    for name, score in ranked:
        if score >= (_NEAR if few else _EQUAL) * best and sample.decode(name, "ignore") != text:
            return name
    return ""


def _judged_by_chardet(sample: bytes) -> list[tuple[str, float]]:
    """Codecs that take the sample with chardet's confidence, the best first."""
    import chardet  # its models cost a tenth of a second, and most files are UTF-8 or Chinese

    found = chardet.detect_all(sample, ignore_threshold=True, compat_names=False, include_encodings=list(_JUDGED))
    ranked = [
        (codec, each["confidence"])
        for each in found
        if (codec := next((codec for codec in _JUDGED.get(each["encoding"] or "", ()) if _takes(sample, codec)), ""))
    ]
    return _sifted(sample, ranked)


def _sifted(sample: bytes, ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The ranking with the best one chosen anew among those that chardet cannot tell apart.

    Of equals that differ in few signs, such as ISO 8859-1 and -15, the one whose signs are in use: € rather than ¤.
    Of several that give the same text, the commonest.
    """
    if not ranked:
        return []
    texts = {codec: sample.decode(codec, "ignore") for codec, _ in ranked}
    equals = [codec for codec, score in ranked if score >= _EQUAL * ranked[0][1]]
    text = texts[min(equals, key=lambda codec: len(_UNUSUAL.findall(texts[codec])))]
    best = next(codec for codec in _CODECS if texts.get(codec) == text)
    return [(best, ranked[0][1]), *(each for each in ranked if each[0] != best)]


def _takes(sample: bytes, codec: str) -> bool:
    """Whether a codec takes the sample, its last character aside, which may be cut."""
    try:
        sample.decode(codec)
    except UnicodeDecodeError as error:
        return error.end >= len(sample) - 4
    return True


@cache
def _common_characters() -> dict[str, frozenset[str]]:
    """Common characters by codec; kana are not counted for Chinese."""
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


def _wide_ranked(sample: bytes) -> list[tuple[str, float]]:
    """The double-byte codecs by the share of common writing among what is not ASCII, the best first."""
    scores = ((name, _wide_score(sample, name)) for name in _common_characters())
    return sorted((each for each in scores if each[1]), key=lambda each: -each[1])


def _wide_score(sample: bytes, encoding: str) -> float:
    """0 to 1; 0 where the sample does not decode."""
    if not _takes(sample, encoding):
        return 0.0
    text = sample.decode(encoding, "ignore")
    foreign = [each for each in text if each > "\x7f"]
    if not foreign:
        return 0.0
    common = _common_characters()[encoding]
    # Chinese seldom touches small letters; a letter with an accent that swallowed its neighbour always does.
    share = (sum(each in common for each in foreign) - len(_AMONG_LETTERS.findall(text))) / len(foreign)
    many = len(set(foreign)) >= _SOME
    if encoding == "euc_jp" and not any(each in _KANA for each in foreign):
        # Nearly all its kanji lie where common Chinese characters lie, which fill a larger room.
        certain = share + 0.01 if share > 0.99 else 0.5 * share
    elif encoding == "cp949":
        # Hangul lie where half of all common Chinese characters lie, so only a text that is nothing else is Korean.
        certain = share + 0.02 if share > 0.97 else 0.5 * share
    else:
        return max(0.0, share)
    return max(0.0, certain if many else 0.9 * share)
