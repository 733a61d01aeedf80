"""Lines of a width in terminal cells: Chinese breaks between any two characters, Latin between words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

_CLOSING = "，。；：！？、）》】”’％,.;:!?)]}%"
_OPENING = "（《【“‘([{"
_TOKEN = re.compile(
    rf"\s+|[{re.escape(_OPENING)}]*(?:[⺀-鿿가-힣豈-﫿！-｠]|[^\s⺀-鿿가-힣豈-﫿！-｠]+)"
    rf"[{re.escape(_CLOSING)}]*"
)
NARROWEST = 8


def wrapped(text: str, width: int) -> list[str]:
    """The text as lines of at most `width` cells; no line begins with a closing mark where that can be helped."""
    lines, line, used = [], "", 0
    for token in _tokens(text, width):
        room = cell_len(token)
        if used and used + cell_len(token.rstrip()) > width:
            lines.append(line.rstrip())
            line, used = "", 0
            if token.isspace():
                continue
        line, used = line + token, used + room
    return [*lines, line.rstrip()]


def _tokens(text: str, width: int) -> Iterator[str]:
    """What stays together; a word wider than a line is cut."""
    for found in _TOKEN.finditer(text):
        token = found[0]
        while cell_len(token) > width:
            at = _fitting(token, width)
            yield token[:at]
            token = token[at:]
        yield token


def _fitting(token: str, width: int) -> int:
    """How many characters of a token fit, at least one."""
    at = used = 0
    for at, character in enumerate(token):  # noqa: B007  (the place is used after the loop)
        used += cell_len(character)
        if used > width:
            break
    return max(at, 1)


def shared_widths(natural: Sequence[int], room: int) -> list[int] | None:
    """Widths of columns that fill at most `room`: the wide ones give way; None where that leaves one too narrow."""
    if sum(natural) <= room:
        return list(natural)
    # The largest width that no column exceeds while all fit.
    widest = next(
        (each for each in range(max(natural), NARROWEST, -1) if sum(min(wish, each) for wish in natural) <= room), None
    )
    if widest is None:
        return None
    widths = [min(wish, widest) for wish in natural]
    left = room - sum(widths)
    for at in sorted(range(len(widths)), key=lambda at: natural[at] - widths[at]):
        more = min(left, natural[at] - widths[at])
        widths[at] += more
        left -= more
    return widths
