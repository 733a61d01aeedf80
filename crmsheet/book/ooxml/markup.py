"""XML as bytes: tags and attributes are found and exchanged in place, nothing is parsed into a tree and back.

A part is scanned on a copy of the same length in which comments, CDATA sections and processing instructions are
blanked, so that no pattern can match inside them; edits are spliced into the original at the same positions.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from operator import itemgetter
from typing import TypeAlias

from crmsheet.core.errors import PatchRefused
from crmsheet.core.messages import N_, Message

Splice: TypeAlias = tuple[int, int, bytes]
"""Start and end of the bytes to drop, and what stands there instead."""

_QUIET = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_ATTRIBUTE = re.compile(rb"""\s([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_PLAIN_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_START = 200
"""Where an XML declaration ends at the latest."""
_ROOT = re.compile(rb"<(?:([\w.-]+):)?([\w.-]+)(?=[\s/>])[^>]*>")


_CHOICE = re.compile(rb"<((?:[\w.-]+:)?Choice)\s.*?</\1\s*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of an XML part, its scanned copy, and the prefix (`x:` or empty) of its own namespace."""

    raw: bytes
    scan: bytes
    prefix: bytes
    root: bytes

    def element(self, name: str, start: int = 0, end: int | None = None) -> Element | None:
        """The first element of this local name at or after `start`, or None."""
        return next(self.elements(name, start, end), None)

    def elements(self, name: str, start: int = 0, end: int | None = None) -> Iterator[Element]:
        """The elements of this local name and of the part's own prefix, in order; they must not nest."""
        opening, closing = _tag_patterns(self.prefix + name.encode())
        limit = len(self.scan) if end is None else end
        while match := opening.search(self.scan, start, limit):
            if match[0].endswith(b"/>"):
                yield Element(self, match.start(), match.end(), match.end(), match.end())
                start = match.end()
                continue
            close = closing.search(self.scan, match.end(), limit)
            if close is None:
                return
            yield Element(self, match.start(), match.end(), close.start(), close.end())
            start = close.end()


@dataclass(frozen=True, slots=True)
class Element:
    """An element by its places: `start`..`inner` is its tag, `inner`..`close` its content, `end` behind it."""

    part: Part
    start: int
    inner: int
    close: int
    end: int

    @property
    def tag(self) -> bytes:
        """The opening tag."""
        return self.part.raw[self.start : self.inner]

    @property
    def empty(self) -> bool:
        """Whether it is written `<name/>`."""
        return self.inner == self.end

    @property
    def text(self) -> bytes:
        """What stands between its tags, as written."""
        return self.part.raw[self.inner : self.close]

    def get(self, name: str) -> str | None:
        """An attribute's value, or None."""
        return attribute(self.tag, name)

    def entries(self, name: str) -> list[Element]:
        """The elements of this local name within it; of those written for programs of different age, the last kind.

        Hancom writes fonts so: `mc:AlternateContent` with a `Choice` for itself and a `Fallback` for others.
        """
        found = list(self.part.elements(name, self.inner, self.close))
        if self.part.scan.find(b"Fallback", self.inner, self.close) < 0:
            return found
        choices = [match.span() for match in _CHOICE.finditer(self.part.scan, self.inner, self.close)]
        return [each for each in found if not any(start < each.start < end for start, end in choices)]

    def with_content(self, content: bytes, tag: bytes | None = None) -> Splice:
        """The splice that gives it other content, and another tag if wanted."""
        tag = tag or self.tag
        if not self.empty:
            return self.start, self.close, tag + content
        name = tag[1:].split(None, 1)[0].rstrip(b"/>")
        return self.start, self.end, tag[:-2].rstrip() + b">" + content + b"</" + name + b">"

    def with_tag(self, tag: bytes) -> Splice:
        """The splice that exchanges its tag alone."""
        return self.start, self.inner, tag


def part(raw: bytes, path: str, name: str) -> Part:
    """A part ready for splicing.

    Raises:
        PatchRefused: it is not written in UTF-8, or declares its own entities.
    """
    declared = _ENCODING.match(raw)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or (declared and declared[1].lower() not in _PLAIN_ENCODINGS):
        raise PatchRefused(path=path, reason=Message(N_("{part} is not written in UTF-8"), {"part": name}))
    scan = raw
    if _holds(raw, b"<!") or _holds(raw, b"<?"):
        scan = _QUIET.sub(lambda match: (b"x" if match[0][2:3] == b"[" else b" ") * len(match[0]), raw)
    # Where nothing had to be blanked, `_holds` has seen all but the start.
    if scan.find(b"<!", 0, 2 * _START if scan is raw else None) >= 0:
        raise PatchRefused(path=path, reason=Message(N_("{part} declares a document type"), {"part": name}))
    root = _ROOT.search(scan, scan.find(b"?>") + 1 if scan is raw else 0)
    if root is None:
        raise PatchRefused(path=path, reason=Message(N_("{part} is not XML"), {"part": name}))
    return Part(raw, scan, root[1] + b":" if root[1] else b"", root[2])


def _holds(raw: bytes, mark: bytes) -> bool:
    """Whether a mark occurs behind the start of the XML declaration; its rare second character is looked for first."""
    return raw.find(mark[1:], raw.find(b"?>", 0, _START) + 2) >= 0 and raw.find(mark, 5) >= 0


@cache
def _tag_patterns(name: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    escaped = re.escape(name)
    return (
        re.compile(rb"<" + escaped + rb"""(?=[\s/>])(?:[^>"']|"[^"]*"|'[^']*')*>"""),
        re.compile(rb"</" + escaped + rb"\s*>"),
    )


@cache
def _attribute_pattern(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"\s" + re.escape(name.encode()) + rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def attribute(tag: bytes, name: str) -> str | None:
    """An attribute's value with its entities resolved, or None."""
    match = _attribute_pattern(name).search(tag)
    if match is None:
        return None
    return html.unescape((match[1] if match[1] is not None else match[2]).decode())


def attributes(tag: bytes) -> dict[str, str]:
    """All attributes of a tag by their written names."""
    return {
        m[1].decode(): html.unescape((m[2] if m[2] is not None else m[3]).decode()) for m in _ATTRIBUTE.finditer(tag)
    }


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """The tag with an attribute set: in its place if it was there, else at the end."""
    written = b" " + name.encode() + b'="' + quoted(value) + b'"'
    match = _attribute_pattern(name).search(tag)
    if match:
        return tag[: match.start()] + written + tag[match.end() :]
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + written + tag[end:]


def without_attribute(tag: bytes, name: str) -> bytes:
    """The tag without an attribute."""
    return _attribute_pattern(name).sub(b"", tag, count=1)


def reprefixed(xml: bytes, old: bytes, new: bytes) -> bytes:
    """Elements that are written with one prefix (`x:` or none) with another one instead."""
    if old == new:
        return xml
    return re.sub(rb"<(/?)" + re.escape(old) + rb"(?=[A-Za-z_][\w.-]*[\s/>])", rb"<\1" + new, xml)


def truth(value: str | None) -> bool:
    """An XML boolean; a missing one is false."""
    return value in ("1", "true", "on")


def escaped(text: str) -> bytes:
    """Text as element content."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def quoted(text: str) -> bytes:
    """Text as an attribute's value: white space that a parser would turn into blanks is written as references."""
    safe = escaped(text).replace(b'"', b"&quot;")
    return safe.replace(b"\n", b"&#10;").replace(b"\r", b"&#13;").replace(b"\t", b"&#9;")


def plain(content: bytes) -> str:
    """Element content without markup as text."""
    return html.unescape(content.decode())


def spliced(raw: bytes, splices: Sequence[Splice]) -> bytes:
    """The bytes with all splices made; they are sorted here and must not overlap.

    Raises:
        ValueError: two of them overlap, which is a bug.
    """
    view, out = memoryview(raw), BytesIO()
    done = 0
    for start, end, content in sorted(splices, key=itemgetter(0, 1)):
        if start < done:
            raise ValueError(f"splices overlap at {start}")
        out.write(view[done:start])
        out.write(content)
        done = end
    out.write(view[done:])
    return out.getvalue()
