"""The XML of a sheet from another workbook as it stands in ours: its cells, formulas and rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from crmsheet.book.ooxml.markup import (
    Element,
    Part,
    Splice,
    attribute,
    escaped,
    part,
    plain,
    quoted,
    spliced,
    truth,
    with_attribute,
    without_attribute,
)
from crmsheet.book.ooxml.sheet import cells_area, type_of
from crmsheet.book.ooxml.styles import Shows
from crmsheet.book.ooxml.taken_formulas import Formulas
from crmsheet.book.ooxml.taken_strings import StringTranslation, rephonetic
from crmsheet.book.ooxml.taken_styles import StyleTranslation

_STYLE = re.compile(rb"\s(s|style)\s*=\s*[\"']([0-9]+)[\"']")
_SPECIAL = re.compile(rb"\s(cm|vm)\s*=\s*[\"']([0-9]+)[\"']")
_RULE_FORMATS = re.compile(rb"<[\w.:-]+\s[^>]*[dD]xfId\s*=[^>]*>")
_RULE_FORMAT = re.compile(rb"\s(\w*[dD]xfId)\s*=\s*[\"']([0-9]+)[\"']")
_RULE_FORMULAS = re.compile(
    rb"(<((?:[\w.-]+:)?(?:formula[12]?|f|calculatedColumnFormula|totalsRowFormula))(?:\s[^>]*)?>)([^<]*)</\2\s*>"
)
_FILTERED = re.compile(
    rb"<((?:[\w.-]+:)?ext)\s[^>]*>(?:(?!</\1\s*>).)*?:(?:slicerList|timelineRefs)\b.*?</\1\s*>", re.DOTALL
)
_GUID = re.compile(rb"guid=[\"']([^\"']+)[\"']")


@dataclass(slots=True)
class Losses:
    """How many things of a sheet could not come along, by what they are."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, count: int = 1) -> None:
        """Counts some more of a kind."""
        if count:
            self.counts[kind] = self.counts.get(kind, 0) + count


@dataclass(frozen=True, slots=True)
class SheetSetting:
    """What of a sheet belongs to the workbook around it.

    `selected` whether its tab is chosen, `views` how many windows show the workbook, `views_of_users` the ids of
    views that users keep, `code` the name of its module of macros ('' for none), `dynamic` the numbers of cell
    metadata that say there that a formula spills, `spills` the one that says so here (0 for none)
    """

    selected: bool = False
    views: int = 1
    views_of_users: frozenset[str] = frozenset()
    code: str = ""
    dynamic: frozenset[int] = frozenset()
    spills: int = 0


@dataclass(frozen=True, slots=True)
class TextTranslation:
    """What a sheet's XML needs to be at home in our workbook."""

    styles: StyleTranslation
    strings: StringTranslation
    formulas: Formulas
    setting: SheetSetting
    losses: Losses

    def of(self, raw: bytes, path: str, member: str) -> bytes:
        """The XML of the sheet as it stands in our workbook."""
        sheet = part(raw, path, member)
        body = cells_area(sheet)
        if body is None:
            return raw
        with_formulas = spliced(raw, self._formula_splices(sheet, body))
        sheet = part(with_formulas, path, member)
        body = cells_area(sheet)
        if body is None:
            raise LookupError("sheetData")
        head = self._head(sheet, body.start)
        cells = _Cells(sheet, body, self).written()
        tail = self._without(part(sheet.raw, path, member), body.end)
        return b"".join([head, cells, self.rules(tail)])

    def _without(self, sheet: Part, start: int) -> bytes:
        """What stands behind the cells, but for what only the workbook that it came from can explain."""
        splices: list[Splice] = []
        views = sheet.element("customSheetViews", start)
        if views and not {each.decode() for each in _GUID.findall(views.text)} <= self.setting.views_of_users:
            self.losses.add("views")
            splices.append((views.start, views.end, b""))
        return _FILTERED.sub(b"", spliced(sheet.raw, splices)[start:])

    def has_dates(self, sheet: Part) -> bool:
        """Whether a number of the sheet is shown as a date."""
        body = cells_area(sheet)
        used = _STYLE.findall(sheet.scan[body.inner : body.close]) if body else []
        formats = self.styles.theirs.formats
        numbers = {int(each) for _, each in set(used)}
        return any(each < len(formats) and formats[each].shows is Shows.DATE for each in numbers)

    def rules(self, xml: bytes) -> bytes:
        """Markup behind the cells, or of an Excel table: formats of rules, colours, readings, formulas."""
        recoloured = rephonetic(self.styles.paint.of(xml), self.styles)
        return _RULE_FORMULAS.sub(self._rule_formula, _RULE_FORMATS.sub(self._rule_format, recoloured))

    def _rule_format(self, match: re.Match[bytes]) -> bytes:
        return _RULE_FORMAT.sub(lambda found: b' %s="%d"' % (found[1], self.styles.rule(int(found[2]))), match[0])

    def _rule_formula(self, match: re.Match[bytes]) -> bytes:
        old = plain(match[3])
        read = self.formulas.read(old)
        if not read.whole:
            self.losses.add("rules")
        return match[0] if read.text == old else match[0].replace(match[3], escaped(read.text), 1)

    def _head(self, sheet: Part, end: int) -> bytes:
        """What stands before the cells, with its styles, its views and its name for macros."""
        splices: list[Splice] = []
        for each in sheet.elements("col", 0, end):
            style = attribute(each.tag, "style")
            if style:
                splices.append(each.with_tag(with_attribute(each.tag, "style", str(self.styles.cell(int(style))))))
        splices += self._views(list(sheet.elements("sheetView", 0, end)))
        properties = sheet.element("sheetPr", 0, end)
        if properties:
            splices += self._coded(properties)
        elif self.setting.code:
            root = next(sheet.elements(sheet.root.decode()))
            xml = b'<%ssheetPr codeName="%s"/>' % (sheet.prefix, quoted(self.setting.code))
            splices.append((root.inner, root.inner, xml))
        return self.styles.paint.of(spliced(sheet.raw[:end], splices))

    def _views(self, views: list[Element]) -> Iterator[Splice]:
        """Two chosen tabs would let a user type into both sheets; a view needs the window that it belongs to."""
        for at, each in enumerate(views):
            if at and int(each.get("workbookViewId") or 0) >= self.setting.views:
                yield each.start, each.end, b""
                continue
            tag = each.tag
            if int(each.get("workbookViewId") or 0) >= self.setting.views:
                tag = with_attribute(tag, "workbookViewId", "0")
            chosen = self.setting.selected and at == 0
            if chosen and not truth(each.get("tabSelected")):
                tag = with_attribute(tag, "tabSelected", "1")
            elif not chosen and truth(each.get("tabSelected")):
                tag = without_attribute(tag, "tabSelected")
            if tag != each.tag:
                yield each.with_tag(tag)

    def _coded(self, properties: Element) -> Iterator[Splice]:
        code = properties.get("codeName")
        if (code or "") != self.setting.code:
            bare = without_attribute(properties.tag, "codeName")
            yield properties.with_tag(
                with_attribute(bare, "codeName", self.setting.code) if self.setting.code else bare
            )

    def _formula_splices(self, sheet: Part, body: Element) -> list[Splice]:
        """Formulas that read what is not here give way to their results; those of a group go together."""
        splices: list[Splice] = []
        dropped: set[str] = set()
        for each in self._formulas(sheet, body):
            group = each.get("si") if each.get("t") == "shared" else None
            if each.inner == each.close:
                if group in dropped:
                    splices.append(self._frozen(each))
                continue
            old = plain(each.text)
            read = self.formulas.read(old)
            if not read.whole:
                splices.append(self._frozen(each, read.text))
                if group:
                    dropped.add(group)
            elif read.text != old:
                splices.append((each.inner, each.close, escaped(read.text)))
        return splices

    def _formulas(self, sheet: Part, body: Element) -> Iterable[Element]:
        """The formulas, if one of them reads more than its own sheet; the words of all are noted."""
        p = re.escape(sheet.prefix)
        texts = set(re.findall(rb"<%sf(?:\s[^>]*)?>([^<]+)<" % p, sheet.scan[body.inner : body.close]))
        suspicious = False
        for each in texts:
            old = plain(each)
            read = self.formulas.read(old)
            suspicious |= not read.whole or read.text != old
        return sheet.elements("f", body.inner, body.close) if suspicious else ()

    def _frozen(self, formula: Element, text: str = "") -> Splice:
        """A formula taken out, so that its last result stays; one without a result stays, with what it lost."""
        cell_end = formula.part.scan.find(b"</%sc>" % formula.part.prefix, formula.end)
        value = formula.part.element("v", formula.end, cell_end)
        self.losses.add("formulas")
        if value is None and text:
            return formula.inner, formula.close, escaped(text)
        return formula.start, formula.end, b""


@dataclass(slots=True)
class _Cells:
    """The cells of a sheet with translated formats and texts."""

    sheet: Part
    body: Element
    to: TextTranslation
    known: dict[tuple[bytes, bytes], tuple[bytes, bool]] = field(default_factory=dict)

    def written(self) -> bytes:
        """The cells area as it stands in our workbook."""
        raw, body = self.sheet.raw, self.body
        if self._same():
            return raw[body.start : body.end]
        p = re.escape(self.sheet.prefix)
        cell = re.compile(
            rb"<%s(row|c)(?=[\s/>])(?: r=\"[A-Z]*[0-9]+\")?([^>]*>)(?:\s*<%sv>([0-9]+)</%sv>\s*</%sc>)?" % (p, p, p, p)
        )
        out, done = BytesIO(), body.start
        view = memoryview(raw)
        for match in cell.finditer(self.sheet.scan, body.inner, body.close):
            kind, old, number = match.groups()
            new, text = self.known.get((kind, old)) or self._known(kind, old)
            start, end = match.span(2)
            if text:
                end, new = self._text(end, new) if number is None else (match.end(), self._said(number, new))
            elif new == old:
                continue
            out.write(view[done:start])
            out.write(new)
            done = end
        out.write(view[done : body.end])
        return out.getvalue()

    def _known(self, kind: bytes, attributes: bytes) -> tuple[bytes, bool]:
        """The attributes of a row or cell behind its address, and whether it holds a shared text."""
        tag = b"<c" + attributes
        new = self._tag(tag, kind == b"c")[2:], kind == b"c" and type_of(tag) == b"s"
        if b"m=" not in attributes:  # what is lost is counted cell by cell
            self.known[kind, attributes] = new
        return new

    def _said(self, number: bytes, attributes: bytes) -> bytes:
        """The rest of a cell that holds a text and nothing else."""
        found = self.to.strings.cell(int(number))
        if found.type != b"s":
            attributes = with_attribute(b"<c" + attributes, "t", found.type.decode())[2:]
        return attributes + found.xml + b"</%sc>" % self.sheet.prefix

    def _same(self) -> bool:
        """Whether every format has the same number in both workbooks, and every text the same place."""
        scan, body = self.sheet.scan, self.body
        cells = scan[body.inner : body.close]
        used = {0, *(int(each) for _, each in set(_STYLE.findall(cells)))}
        if any(self.to.styles.cell(each) != each for each in used):
            return False
        if re.search(rb"\s[cv]m=", cells):
            return False
        return self.to.strings.alike or not re.search(rb"\st=[\"']s[\"']", cells)

    def _tag(self, tag: bytes, cell: bool) -> bytes:
        match = _STYLE.search(tag)
        old = int(match[2]) if match else 0
        new = self.to.styles.cell(old) if match or cell else 0
        if new != old:
            tag = with_attribute(tag, "s", str(new))
        return self._special(tag) if cell and b"m" in tag else tag

    def _special(self, tag: bytes) -> bytes:
        """What only other parts of the workbook explain: pictures in cells, linked records, formulas that spill."""
        for name, number in _SPECIAL.findall(tag):
            spills = name == b"cm" and int(number) in self.to.setting.dynamic
            if spills and self.to.setting.spills:
                tag = with_attribute(tag, "cm", str(self.to.setting.spills))
                continue
            self.to.losses.add("spills" if spills else "records")
            tag = without_attribute(tag, name.decode())
        return tag

    def _text(self, tag_end: int, attributes: bytes) -> tuple[int, bytes]:
        """The rest of a cell that holds a text in an unusual way, and where that ends."""
        tag = b"<c" + attributes
        if tag.endswith(b"/>"):
            return tag_end, without_attribute(tag, "t")[2:]
        end = self.sheet.scan.index(b"</%sc" % self.sheet.prefix, tag_end)
        formula, value = self.sheet.element("f", tag_end, end), self.sheet.element("v", tag_end, end)
        written = plain(value.text).strip() if value else ""
        if value is None or not written.isdigit():
            return tag_end, (tag if value else without_attribute(tag, "t"))[2:]
        if formula:
            words = self.to.strings.words(int(written))
            before = self.sheet.raw[tag_end : value.inner]
            return value.close, with_attribute(tag, "t", "str")[2:] + before + words
        found = self.to.strings.cell(int(written))
        return end, with_attribute(tag, "t", found.type.decode())[2:] + found.xml
