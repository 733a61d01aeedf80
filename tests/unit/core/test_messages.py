"""Words come at the end: templates, nested messages, labels, and cells as cells."""

from __future__ import annotations

import datetime as dt
import inspect
import string

import pytest

from crmsheet.core import errors
from crmsheet.core.cells import CellError, Formula
from crmsheet.core.messages import Message, Speech, cell_words, chained
from crmsheet.resources import LANGUAGES, speech

EN = Speech("en", str)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (13800138000.0, "13800138000"),
        (0.5, "0.5"),
        (1e300, "1e+300"),
        (True, "true"),
        (None, ""),
        (float("nan"), ""),
        (dt.datetime(2024, 1, 5), "2024-01-05"),
        (dt.datetime(2024, 1, 5, 9, 30), "2024-01-05 09:30"),
        (Formula("A1+1", 2), "=A1+1"),
        (CellError("#REF!"), "#REF!"),
    ],
)
def test_cells_are_shown_as_they_stand(value, words):
    assert cell_words(value) == words
    assert EN.say(Message("{v}", {"v": value})) == words


def test_messages_nest_and_numbers_keep_their_format():
    inner = Message("{n:,} rows", {"n": 1234})
    assert EN.say(Message("{a} in {b:,.2f}: {c}", {"a": inner, "b": 2.5, "c": {"zh": "客户", "en": "Customers"}})) == (
        "1,234 rows in 2.50: Customers"
    )
    assert EN.say(chained([inner, "x"], "; ")) == "1,234 rows; x"


def test_labels_fall_back_to_the_other_language():
    assert Speech("zh", str).say({"en": "Customers"}) == "Customers"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "error",
    [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, errors.CrmsheetError)],
)
def test_every_error_speaks(lang, error):
    names = {
        name for template in (error.__doc__, error.hint) for _, name, _, _ in string.Formatter().parse(template) if name
    }
    raised = error(**{name: Message("{x}", {"x": f"<{name}>"}) for name in names})
    said = speech(lang).say(raised.message) + speech(lang).say(raised.next_step)
    assert all(f"<{name}>" in said for name in names)
    assert "Message(" not in str(raised)
