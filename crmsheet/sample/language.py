"""What a language must bring along so that books can be made up in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Place:
    """A city: `area` is the area code of its landlines without the leading zero."""

    province: str
    city: str
    districts: tuple[str, ...]
    area: str
    division: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A name and its plain-letter form for e-mail addresses (`latin`); `short` is what colleagues call it."""

    full: str
    latin: str
    short: str


@dataclass(frozen=True, slots=True)
class Language:
    """Word lists and makers of one language; every maker draws from the `Random` that it is given.

    `choices` gives the words of a choice field, commonest first; `templates` the sentences of notes.
    `mobile` and `landline` are told how many of their numbers were taken already.
    """

    code: str
    region: str
    places: tuple[Place, ...]
    place_weights: tuple[int, ...]
    choices: Mapping[str, tuple[str, ...]]
    staff: tuple[tuple[str, str], ...]
    sheet_words: Mapping[str, str]
    products: tuple[tuple[str, str, int], ...]
    templates: Mapping[str, tuple[str, ...]]
    person: Callable[[Random], Name]
    company: Callable[[Random, Place], Name]
    branch: Callable[[str, Place], str]
    mobile: Callable[[Random, Place, int], str]
    landline: Callable[[Random, Place, int], str]
    address: Callable[[Random, Place], str]
    e164: Callable[[str], str]
    identifier: Callable[[Random, Place], str]
