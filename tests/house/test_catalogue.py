"""Both languages are complete, and say the same things."""

from __future__ import annotations

import re
import string

from babel.messages.mofile import read_mo

from tests.house import catalogue


def _places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_the_catalogue_holds_exactly_the_messages_of_the_code():
    assert {each.id for each in catalogue.read() if each.id} == set(catalogue.messages())


def test_every_message_has_chinese_with_the_same_places():
    for each in catalogue.read():
        if each.id:
            assert each.string, f"no Chinese for {each.id!r}: run `make messages` and translate it"
            assert _places(each.id) == _places(each.string), each.id
            assert not each.fuzzy, each.id


def test_chinese_is_chinese():
    only_marks = re.compile(r"[\W\d_]|\{[^}]*\}|[A-Za-z.]+")
    for each in catalogue.read():
        if each.id and re.search(r"[a-z]{3}", re.sub(r"\{[^}]*\}|`[^`]*`", "", each.id)):
            assert re.search(r"[一-鿿]", each.string), f"{each.id!r} -> {each.string!r} {only_marks.sub('', each.id)}"


def test_the_compiled_catalogue_is_current():
    with catalogue.MO.open("rb") as file:
        compiled = {each.id: each.string for each in read_mo(file) if each.id}
    assert compiled == {each.id: each.string for each in catalogue.read() if each.id}, "run `make messages`"
