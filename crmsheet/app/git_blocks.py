"""Our lines in a file of the user's: a marked block that comes and goes without touching any other byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BEGIN, _END = b"# >>> crmsheet", b"# <<< crmsheet"
_UNENDED, _NEW = b" (the line above had no end)", b" (the file was made for it)"
_BLOCK = re.compile(
    rb"^"
    + _BEGIN
    + rb"(?P<was> \([a-z ]+\))?(?P<end>\r?\n)(?P<body>(?:(?!"
    + _BEGIN
    + rb").*\n)*?)"
    + _END
    + rb"\r?\n",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Lines:
    """A file of lines that others own, with our block in it or not; None: there is no such file."""

    content: bytes | None

    @property
    def ours(self) -> tuple[str, ...]:
        """The lines of our block."""
        found = _BLOCK.search(self.content or b"")
        return tuple(found["body"].decode("utf-8", "surrogateescape").splitlines()) if found else ()

    def having(self, lines: Sequence[str]) -> Lines:
        """With these lines in our block, which stays where it is, else comes last: there it has the last word."""
        content = self.content or b""
        found = _BLOCK.search(content)
        if found:
            block = _block(found["was"] or b"", lines, found["end"])
            return Lines(content[: found.start()] + block + content[found.end() :])
        end = b"\r\n" if b"\r\n" in content else b"\n"
        if self.content is None:
            return Lines(_block(_NEW, lines, end))
        if content and not content.endswith(b"\n"):
            return Lines(content + end + _block(_UNENDED, lines, end))
        return Lines(content + _block(b"", lines, end))

    def without(self) -> Lines:
        """Without our block: byte for byte what it was before, with what others wrote since."""
        found = _BLOCK.search(self.content or b"")
        if found is None or self.content is None:
            return self
        before, after = self.content[: found.start()], self.content[found.end() :]
        if found["was"] == _UNENDED and not after:
            before = before.removesuffix(found["end"])
        return Lines(None if found["was"] == _NEW and not before + after else before + after)


def _block(was: bytes, lines: Sequence[str], end: bytes) -> bytes:
    body = [each.encode("utf-8", "surrogateescape") for each in lines]
    return b"".join(each + end for each in (_BEGIN + was, *body, _END))
