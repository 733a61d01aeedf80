"""Names of other scripts in Latin letters: 王伟 is wang wei, Иванов ivanov, 김민준 gim minjun."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from crmsheet.match.names import Names
from crmsheet.match.pinyin import usual
from crmsheet.match.words import words

_LATIN = r"^[\p{Latin}\d\s]*$"
_CYRILLIC = (
    "аa бb вv гg дd еe ёe жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy ь эe юyu яya "
    "іi їyi єye ґg ўu ђdj јj љlj њnj ћc џdz"
)
_GREEK = "αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξx οo πp ρr σs ςs τt υy φf χch ψps ωo"
_LETTERS = {ord(each[0]): each[1:] for each in f"{_CYRILLIC} {_GREEK}".split()}
_JAMO = (
    "g kk n d tt r m b pp s ss _ j jj ch k t p h",
    "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i",
    "_ k k k n n n t l k m l l l p l m p p t t ng t t k t p t",
)
_INITIAL, _VOWEL, _FINAL = (each.split() for each in _JAMO)
_KANA = (
    "あa いi うu えe おo かka きki くku けke こko さsa しshi すsu せse そso たta ちchi つtsu てte とto なna にni ぬnu "
    "ねne のno はha ひhi ふfu へhe ほho まma みmi むmu めme もmo やya ゆyu よyo らra りri るru れre ろro わwa をwo んn "
    "がga ぎgi ぐgu げge ごgo ざza じji ずzu ぜze ぞzo だda でde どdo "
    "ばba びbi ぶbu べbe ぼbo ぱpa ぴpi ぷpu ぺpe ぽpo ゔv"
)
_KANA_LETTERS = {each[0]: each[1:] for each in _KANA.split()}
_KANA_LETTERS |= {chr(ord(each) + 0x60): text for each, text in _KANA_LETTERS.items()}  # katakana stand 96 places on
_GLIDES = dict(zip("ゃゅょャュョ", "auoauo", strict=True))
_SMALL = dict(zip("ぁぃぅぇぉァィゥェォ", "aiueoaiueo", strict=True))
_TOGETHER = frozenset({*_GLIDES, *_SMALL, *"っッー"})
"""Characters that are not read by themselves."""


def is_latin(texts: pa.Array) -> pa.Array:
    """Whether each text is in Latin letters and digits only."""
    return pc.match_substring_regex(texts, _LATIN)


def romanised(texts: pa.Array, persons: pa.Array) -> pa.Array:
    """The texts in Latin letters, as people write them who have no other; null where a script is not known here.

    Of a person the surname is a word and the rest another; of a company the words of its trade are put into English.
    """
    surname = re.compile(f"^{words().surname}(?=[\u4e00-\u9fff]{{1,2}}$)")
    said = texts.to_pylist()
    table = {ord(each): _character(each) for each in {*"".join(filter(None, said))} if not each.isascii()}
    both = zip(said, persons.to_pylist(), strict=True)
    return pa.array([text and _one(text, surname if person else None, table) for text, person in both], texts.type)


def in_one_script(places: pa.Array) -> pa.Array:
    """Names of places, in Latin letters where some are written so and some are not."""
    latin = pc.fill_null(is_latin(places), True)
    if pc.all(latin).as_py() is not False or not pc.any(pc.and_(latin, pc.is_valid(places))).as_py():
        return places
    said = words().places_en
    known = [text and (said.get(text) or _one(text, None) or text) for text in places.to_pylist()]
    return pa.array(known, places.type)


def placed(names: Names) -> Names:
    """The names with the region of those in Latin letters that begin or end with one: Suzhou Yurun is 苏州 + yurun.

    Only where others are in Chinese; in a book in English a Boston in front is as much the name as the rest.
    """
    latin = pc.fill_null(is_latin(names.core), False)
    if not pc.any(latin).as_py() or not pc.any(pc.not_equal(names.region, "")).as_py():
        return names
    said = words().places_en
    known = {said.get(region, _letters(region)): region for region in reversed(words().regions)}
    either = "|".join(sorted(known, key=lambda each: (-len(each), each)))
    found = pc.extract_regex(names.core, f"^(?P<a>{either}) (?P<core>.+)$")
    behind = pc.extract_regex(names.core, f"^(?P<core>.+) (?P<a>{either})$")
    word, core = (pc.coalesce(pc.struct_field(found, part), pc.struct_field(behind, part)) for part in ("a", "core"))
    firm = pc.and_(latin, pc.invert(names.person))
    region = pa.array([known.get(each, "") for each in word.to_pylist()], names.region.type)
    return dataclasses.replace(
        names,
        region=pc.if_else(pc.and_(firm, pc.equal(names.region, "")), region, names.region),
        core=pc.if_else(pc.and_(firm, pc.is_valid(core)), core, names.core),
    )


def _one(text: str, surname: re.Pattern[str] | None, table: Mapping[int, str] | None = None) -> str | None:
    if text.isascii():
        return text
    found = surname.match(text) if surname else None
    if found:
        first = words().surname_readings.get(found[0]) or _letters(found[0], table)
        out = f"{first} {_letters(text[found.end() :], table)}"
    else:
        out = _letters(text if surname else _translated(text), table)
    if not out.isascii():
        out = "".join(each for each in unicodedata.normalize("NFD", out) if not unicodedata.combining(each))
    return out if out.isascii() else None


def _translated(text: str) -> str:
    english = words().trades
    return " ".join(_trades().sub(lambda found: f" {english[found[0]]} ", text).split())


@lru_cache(maxsize=1)
def _trades() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words().trades), key=lambda each: (-len(each), each))))


def _letters(text: str, table: Mapping[int, str] | None = None) -> str:
    """The letters of a text of any known script; `table` has them for each character by itself."""
    if table is not None and not _TOGETHER & {*text}:
        return text.translate(table)
    out: list[str] = []
    for character in text:
        if character in _GLIDES and out and out[-1].endswith("i"):
            out[-1] = out[-1][:-1] + ("" if out[-1] in {"shi", "chi", "ji"} else "y") + _GLIDES[character]
        elif character in _SMALL and out:
            out[-1] = out[-1].rstrip("aiueo") + _SMALL[character]
        elif character in "っッー":
            continue
        else:
            out.append(_character(character))
    return "".join(out)


def _character(character: str) -> str:
    if character in _KANA_LETTERS:
        return _KANA_LETTERS[character]
    if "가" <= character <= "힣":
        place = ord(character) - ord("가")
        said = (_INITIAL[place // 588], _VOWEL[place % 588 // 28], _FINAL[place % 28])
        return "".join(said).replace("_", "")
    if "\u3400" <= character <= "\u9fff":
        return usual(character) or character
    return character.translate(_LETTERS)
