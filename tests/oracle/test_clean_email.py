"""The e-mail fast path against email-validator itself."""

import datetime as dt
import random

from email_validator import EmailNotValidError, rfc_constants, validate_email

from crmsheet.clean.email_address import LONGEST, LONGEST_LOCAL, NORMALISER
from crmsheet.core.context import Context
from crmsheet.core.schema import Field

FIELD = Field("email", {"zh": "邮箱", "en": "E-mail"}, kind="email")
CONTEXT = Context(today=dt.date(2026, 1, 5))


def hostile(count: int) -> list[str]:
    rng = random.Random(11)
    domains = [
        "qq.com",
        "163.com",
        "Example.com",
        "a-b.cn",
        "-a.com",
        "a-.com",
        "a..com",
        "x.test",
        "localhost",
        "例子.公司",
        "xn--fsqu00a.xn--55qx5d",
        "a_b.com",
        "1.2.3.4",
        "[1.2.3.4]",
        "a.c",
        "a.con",
        "x" * 64 + ".com",
        "",
        "b.c.d.e.org",
    ]
    signs = "abcXYZ019._-+%&'/=?|~!#$^`{} @\"(),:;<>[]\\é用"
    return [
        "".join(rng.choices(signs, weights=[9] * 12 + [1] * (len(signs) - 12), k=rng.choice((1, 2, 5, 9, 64, 65))))
        + "@"
        + rng.choice(domains)
        for _ in range(count)
    ]


def test_what_the_fast_path_takes_the_library_takes_unchanged():
    texts = hostile(6000)
    values = NORMALISER.canonical(texts, FIELD, CONTEXT)
    taken = 0
    for text, value in zip(texts, values, strict=True):
        if value is None:
            continue
        taken += 1
        assert validate_email(text, check_deliverability=False).normalized == text
        assert value == text.lower()
    assert taken > 300, "the fast path is hardly used"


def test_a_single_address_is_read_exactly_when_the_library_accepts_it():
    """ASCII texts of one piece only: no separators, labels or typing errors that `read` sets right."""
    for text in hostile(3000):
        if not text.isascii() or any(each in text for each in " ,;/|<>\"'") or text.endswith(".con") or "???" in text:
            continue
        try:
            normal = validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError:
            normal = None
        reading = NORMALISER.read(text, FIELD, CONTEXT)
        if text[0] != ".":  # a stray dot at the edge is set right
            assert reading.value == (normal.lower() if normal else None), text


def test_a_domain_that_is_settled_without_the_library_is_one_that_it_accepts():
    rng = random.Random(12)
    pieces = [
        "a",
        "b9",
        "7",
        "-",
        "--",
        "xn--",
        "xn--fiqs8s",
        "x" * 61,
        "x" * 62,
        "x" * 63,
        ".",
        "..",
        "_",
        "A",
        "test",
        "example",
    ]
    endings = [
        ".com",
        ".cn",
        ".us",
        ".com.cn",
        ".test",
        ".local",
        ".onion",
        ".con",
        ".c0m",
        ".com.",
        ".arpa",
        ".COM",
        "",
    ]
    texts = [f"li@{''.join(rng.choices(pieces, k=rng.randint(1, 6)))}{rng.choice(endings)}" for _ in range(6000)]
    assert sum(taken(each) for each in texts) > 200


def taken(text: str) -> bool:
    """Whether the fast path takes an address, which the library must then take unchanged."""
    (value,) = NORMALISER.canonical([text], FIELD, CONTEXT)
    if value is not None:
        assert validate_email(text, check_deliverability=False).normalized == text
    return value is not None


def test_the_lengths_are_those_of_the_library():
    assert (LONGEST, LONGEST_LOCAL) == (rfc_constants.EMAIL_MAX_LENGTH, rfc_constants.LOCAL_PART_MAX_LENGTH)
