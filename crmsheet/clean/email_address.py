"""E-mail addresses: checked by email-validator without any network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from crmsheet.clean.normaliser import KEEP, Normaliser, Reading, fixed, refused
from crmsheet.clean.spelling import as_text, narrow
from crmsheet.clean.text import looks_like_command
from crmsheet.clean.vacancy import surely_says, vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import LOST, VERIFY, RuleCard
from crmsheet.core.schema import Field

_SPELT = N_("{value}: write the address as {after}")
_INVALID = N_("{value} is not a valid e-mail address ({part}); ask for the right one")
_NO_AT = N_("{value} has no @: it is not an e-mail address; move it to the column where it belongs")
_TYPO = N_("{value} ends in .{ending}, which does not exist; probably .{guess} was meant: ask")

_HIDDEN = N_("{part} is masked: letters are hidden; ask for the whole address")
_MASKED = re.compile(r"\*{2,}[^@]*@|[•●]")

_ATEXT = r"[a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
"""The local part without quotes (RFC 5322, 3.2.3), as the library has it."""
LONGEST, LONGEST_LOCAL = 254, 64
"""Characters of an address (RFC 3696, erratum 1690) and of its local part (RFC 5321, 4.5.3.1.1)."""
_LABEL_OF_HOST = r"[a-z0-9](?:[a-z0-9]|-(?!-)){0,61}(?<!-)"
_PLAIN_DOMAIN = re.compile(
    rf"(?:{_LABEL_OF_HOST}\.)+(?:com|cn|net|org|edu|gov|io|co|hk|tw|mo|jp|kr|sg|my|uk|de|fr|us|ca|au)"
)
"""Domains that are surely valid: plain labels under an ending that is neither reserved nor a slip."""
_DOT_TYPED_WRONG = re.compile(
    r"(?<=[A-Za-z0-9])\s*[,。．·、]\s*(?=(?:com|cn|net|org|edu|gov|hk|tw)(?![A-Za-z0-9@._-]))", re.IGNORECASE
)
_DOT_IN_HOST = re.compile(r"(?<=[A-Za-z0-9])[。．](?=[A-Za-z0-9])")
_SEPARATORS = re.compile(r"(?:\s*[;；,，、|/\n]\s*| ::: )+")
_NAMED = re.compile(r"[^<>@;,]*<\s*([^<>\s]+@[^<>\s]+)\s*>")
_LABEL = re.compile(r"(?:mailto:|e-?mail\s*[:：]|邮箱\s*[:：]|电子邮件\s*[:：])\s*", re.IGNORECASE)
_ENDINGS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "vom": "com",
    "xom": "com",
    "comm": "com",
    "coom": "com",
    "nte": "net",
}


def _parts(text: str) -> list[str]:
    """The addresses of a cell, with their spelling set right."""
    told = _LABEL.sub("", _DOT_IN_HOST.sub(".", _DOT_TYPED_WRONG.sub(".", narrow(text))))
    told = _NAMED.sub(lambda match: f"{match[1]};", told)
    if "/" in told and told.isascii() and _whole(told):
        return [told]
    parts: list[str] = []
    for each in _SEPARATORS.split(told):
        several = each.split()
        parts += several if all("@" in part[1:-1] for part in several) else [each]
    return [bare for part in parts if (bare := re.sub(r"\s*([@.])\s*", r"\1", part).strip(" .。,'\"<>"))]


def _whole(text: str) -> bool:
    """Whether a text with a slash is one address: a/b@x.com, and not two."""
    return "|" not in (_valid(text) or "|")


def _valid(address: str) -> str | None:
    """The address with its domain in lower case; the local part keeps its case (RFC 5321, 2.4); None for no address."""
    from email_validator import EmailNotValidError, validate_email  # most addresses are settled without it

    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _read(cell: Cell, _field: Field, _context: Context) -> Reading:
    text = as_text(cell)
    says_nothing = vacant(text)
    if says_nothing is not None:
        return says_nothing
    if looks_like_command(text) and not text.startswith("@") and "@" not in text:
        return refused("CRM221", _NO_AT)
    good: dict[str, str] = {}
    for part in _parts(text):
        if vacant(part) is not None:
            continue
        address = _checked(part)
        if isinstance(address, Reading):
            return address
        good.setdefault(address.lower(), address)
    if not good:
        return refused("CRM221", _NO_AT)
    value, written = "|".join(good), ";".join(good.values())
    return Reading(value, KEEP) if written == text else fixed(value, written, "CRM220", _SPELT)


def _checked(part: str) -> str | Reading:
    """The address in its normal form, or why a text is none."""
    if _MASKED.search(part):
        return refused("CRM222", _HIDDEN, part=part)
    return part if _normal(part) else _asked(part)


def _asked(part: str) -> str | Reading:
    """What the library says of an address."""
    if "@" not in part:
        return refused("CRM221", _NO_AT)
    ending = part.rpartition(".")[2].lower()
    if ending in _ENDINGS:
        return refused("CRM221", _TYPO, ending=ending, guess=_ENDINGS[ending])
    normal = _valid(part)
    if normal is None:
        return refused("CRM221", _INVALID, Severity.warning, part=part)
    if normal.count("@") == 1 and "|" not in normal and ";" not in normal:
        return normal
    return refused("CRM221", _INVALID, part=part)


def _canonical(cells: Sequence[object], _field: Field, _context: Context) -> list[object]:
    """Single ASCII addresses in their normal form."""
    return [
        cell.lower() if isinstance(cell, str) and "**" not in cell and _normal(cell) and surely_says(cell) else None
        for cell in cells
    ]


def _normal(text: str) -> bool:
    """Whether a text is surely an ASCII address in its normal form: the local part by the library's own pattern."""
    local, at, domain = text.rpartition("@")
    if not at or not text.isascii() or len(text) > LONGEST or not 0 < len(local) <= LONGEST_LOCAL:
        return False
    if "/" in local or "|" in local or "'" in local or not _LOCAL.fullmatch(local):
        return False
    return _PLAIN_DOMAIN.fullmatch(domain) is not None or _normal_domain(domain)


@lru_cache(maxsize=8192)  # most addresses of a book share a few domains, and the library is slow
def _normal_domain(domain: str) -> bool:
    return _asked(f"a@{domain}") == f"a@{domain}"


NORMALISER = Normaliser(
    kinds=("email",),
    cards=(
        RuleCard(
            "CRM220",
            Severity.info,
            N_("An e-mail address spelt another way"),
            """
        **What** An e-mail address with spaces, full-width characters, `mailto:` or a domain in capitals.

        **Why** Mail programs refuse it, and the same address in two spellings is not found.

        **Bad** `Li＠Example.com `; `mailto:li@example.com`.

        **Good** `li@example.com`.

        **crmsheet** `crmsheet clean --write` writes the plain address.
        """,
        ),
        RuleCard(
            "CRM221",
            Severity.warning,
            N_("Not a valid e-mail address"),
            """
        **What** A text that cannot be an e-mail address, or whose ending does not exist.

        **Why** Invoices and quotations sent to it come back, or reach nobody at all.

        **Bad** `li.example.com`; `li@example.con`.

        **Good** `li@example.com`.

        **crmsheet** It says which part is wrong and leaves the cell; ask the customer.
        """,
            VERIFY,
        ),
        RuleCard(
            "CRM222",
            Severity.warning,
            N_("An e-mail address under asterisks"),
            """
        **What** An e-mail address of which letters are hidden, as in an export that was masked.

        **Why** No mail reaches it, and two people can look the same.

        **Bad** `l***@example.com`.

        **Good** `li@example.com`.

        **crmsheet** It leaves the cell; the letters are nowhere in the book and must be asked for.
        """,
            LOST,
        ),
    ),
    read=_read,
    canonical=_canonical,
)
