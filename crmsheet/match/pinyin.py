"""Chinese names by their letters: bjhx and beijinghuaxin both mean 北京华信.

The letters become a pattern of character classes, so that thousands of names are searched by one regular expression;
a character with several readings stands in the class of each (重 is both zhong and chong).
"""

from __future__ import annotations

import importlib.util
import re
import runpy
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from crmsheet.match.words import words

LEAST, MOST = 2, 40
"""Letters that are looked up: one means nothing, and nobody types more than this."""
_LONGEST = 6
"""Letters of the longest syllable: zhuang."""
_PATHS = 256
"""Ways to part the letters into syllables that are tried (xian is xian and xi'an)."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def patterns(letters: str, names: Iterable[str]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """What finds the letters in any of the names: as initials or with an unfinished last syllable, and as syllables.

    None where no name can have them so, or they are too few.
    """
    if not LEAST <= len(letters) <= MOST:
        return None, None
    by_syllable: dict[str, set[str]] = {}
    for character in set(_HAN.findall("".join(names))):
        for syllable in readings(character):
            by_syllable.setdefault(syllable, set()).add(character)
    whole, begun = _syllables(letters, by_syllable)
    return _any([_initials(letters, by_syllable), *begun]), _any(whole)


def _any(of: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(of)) if of else None


def readings(character: str) -> tuple[str, ...]:
    """The syllables of a character without tones, sorted; lü is written lv or lu, as people type it."""
    found: set[str] = set()
    for spoken in _dictionary().get(ord(character), "").split(","):
        bare = "".join(each for each in unicodedata.normalize("NFD", spoken) if each == "\u0308" or each.isalpha())
        plain = bare.replace("\u0308", "")
        if plain.isascii() and plain.isalpha():
            found |= {plain, bare.replace("u\u0308", "v")}
    return tuple(sorted(found))


@lru_cache(maxsize=8192)
def usual(character: str) -> str:
    """The syllable of a character in names without its tone, '' where it has none; ü is u, as in a passport."""
    if character in words().name_readings:
        return words().name_readings[character]
    spoken = _dictionary().get(ord(character), "").split(",")[0]
    return "".join(each for each in unicodedata.normalize("NFD", spoken) if each.isascii() and each.isalpha())


def spoken(text: str) -> str:
    """The syllables of Chinese characters: 晓明 and 小明 are both xiao ming."""
    return " ".join(map(usual, text))


@lru_cache(maxsize=1)
def _dictionary() -> Mapping[int, str]:
    """Code point -> readings joined by commas.

    Only the table of single characters is taken from pypinyin: importing the package would load its phrases too, a
    third of a second for nothing.
    """
    found = importlib.util.find_spec("pypinyin")
    assert found is not None and found.origin is not None  # noqa: S101, PT018  (a dependency of this package)
    table: dict[str, Any] = runpy.run_path(str(Path(found.origin).with_name("pinyin_dict.py")))
    readings_by_character: Mapping[int, str] = table["pinyin_dict"]
    return readings_by_character


def _initials(letters: str, by_syllable: Mapping[str, set[str]]) -> str:
    """One class per letter; a Latin letter in a name stands for itself (tclkj is TCL科技)."""
    classes = []
    for letter in letters:
        fitting = {each for syllable, found in by_syllable.items() if syllable[0] == letter for each in found}
        classes.append(_class({*fitting, letter}))
    return "".join(classes)


def _syllables(letters: str, by_syllable: Mapping[str, set[str]]) -> tuple[list[str], list[str]]:
    """One class per syllable, for each way to part the letters: all whole, and the last one only begun."""
    whole, begun = [], []
    paths: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for _ in range(_PATHS):
        if not paths:
            break
        at, path = paths.pop()
        rest = letters[at:]
        if rest in by_syllable:
            whole.append("".join((*path, _class(by_syllable[rest]))))
        last = {each for syllable, found in by_syllable.items() if syllable.startswith(rest) for each in found}
        if last:
            begun.append("".join((*path, _class(last))))
        lengths = range(1, min(_LONGEST, len(rest) - 1) + 1)
        paths += [
            (at + length, (*path, _class(by_syllable[rest[:length]])))
            for length in lengths
            if rest[:length] in by_syllable
        ]
    return whole, begun


def _class(characters: Iterable[str]) -> str:
    return f"[{''.join(sorted(characters))}]"


def covered(found: re.Pattern[str], names: Sequence[str]) -> Iterator[tuple[int, float]]:
    """The places of the names in which the pattern finds Chinese characters, and the share of the name it covers."""
    for at, name in enumerate(names):
        match = found.search(name)
        if match and _HAN.search(match[0]):
            yield at, len(match[0]) / len(name)
