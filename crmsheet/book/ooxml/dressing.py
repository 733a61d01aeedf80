"""What a sheet gets besides values: looks, widths, highlights, drop-downs, links, protection; the rest stays as it is.

Made on the sheet as its cells were patched, so new rows can be dressed too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from crmsheet.book.ooxml.areas import Area, area, areas, letters, number
from crmsheet.book.ooxml.markup import Splice, escaped, quoted, truth, with_attribute, without_attribute
from crmsheet.book.ooxml.order import SHEET, place_for
from crmsheet.book.ooxml.ranges import column_styles, foreign_areas
from crmsheet.book.ooxml.sheet import RowText, SheetText, open_sheet
from crmsheet.book.ooxml.values import formula_text
from crmsheet.book.ooxml.workspace import Workspace
from crmsheet.book.opened import Choices, Highlight, Look, SheetEdits
from crmsheet.core.errors import CellRefused
from crmsheet.core.messages import N_, Message

_LIST_LIMIT, _TITLE_LIMIT, _PROMPT_LIMIT, _LINK_LIMIT = 255, 32, 255, 2_079
_CELLS = 2_000_000


def asks_for_dress(edits: SheetEdits) -> bool:
    """Whether the edits ask for more than values."""
    return bool(edits.looks or edits.highlights or edits.choices or edits.links or edits.widths or edits.protect)


def dress(space: Workspace, member: str, name: str, edits: SheetEdits) -> None:
    """Gives a sheet what the edits ask for besides values.

    Raises:
        CellRefused: an area is none, has such a thing already, or lies in a protected sheet.
    """
    before = open_sheet(space.part(member), space.path, name)
    protection = before.part.element("sheetProtection", before.body.end)
    protected = protection is not None and truth(protection.get("sheet"))
    if protected and not edits.force and (edits.looks or edits.highlights or edits.choices or edits.links):
        raise _refused(name, "", N_("the sheet is protected against new looks, rules and links"))
    splices, touched = _look_splices(space, before, edits.looks) if edits.looks else ([], {})
    splices += _width_splices(before, edits.widths)
    # In the order of the elements: what goes to the same place keeps the order in which it is listed.
    if edits.protect and not protected:
        splices.append(_protection_splice(before))
    splices += _highlight_splices(space, before, edits.highlights)
    splices += _choice_splices(before, edits.choices)
    splices += _link_splices(space, before, member, edits.links)
    space.splice(member, before.part.raw, splices)
    if splices:
        known, columns = space.sheets.get(member, (before, {}))
        merged = {row: sorted({*columns.get(row, ()), *touched.get(row, ())}) for row in {*columns, *touched}}
        space.sheets[member] = known, merged


def _refused(sheet: str, place: str, template: str, **facts: object) -> CellRefused:
    return CellRefused(place=f"{sheet}!{place}" if place else sheet, reason=Message(template, facts))


def _area(sheet: str, text: str) -> Area:
    found = area(text)
    if found is None:
        raise _refused(sheet, text, N_("it is no range of cells such as B2:B90"))
    return found


def _look_splices(
    space: Workspace, text: SheetText, looks: Mapping[str, Look]
) -> tuple[list[Splice], dict[int, Sequence[int]]]:
    """The cells of the areas in their new formats; cells that are not there are made, empty."""
    wanted: dict[int, dict[int, list[Look]]] = {}
    for where, look in looks.items():
        found = _area(text.name, where)
        if (found.bottom - found.top + 1) * (found.right - found.left + 1) > _CELLS:
            raise _refused(text.name, where, N_("it has too many cells for a look of their own"))
        for row in range(found.top, found.bottom + 1):
            for column in range(found.left, found.right + 1):
                wanted.setdefault(row, {}).setdefault(column, []).append(look)
    columns = column_styles(text, {column for cells in wanted.values() for column in cells})
    splices: list[Splice] = []
    for number_ in sorted(wanted):
        splices += _row_splices(space, text, number_, wanted[number_], columns)
    return text.into_body(splices), {row: sorted(cells) for row, cells in wanted.items()}


def _row_splices(
    space: Workspace, text: SheetText, row: int, wanted: Mapping[int, Sequence[Look]], columns: Mapping[int, int]
) -> Iterator[Splice]:
    found = text.row(row)
    cells = text.cells(found) if found else []
    place, own = found.inner if found else text.gap(row), found.style if found else None
    made: list[tuple[int, bytes]] = []
    known = {each.column: each for each in cells}
    for column in sorted(wanted):
        old = known.get(column)
        style = old.style if old else (columns.get(column, 0) if own is None else own)
        for look in wanted[column]:
            style = space.styles.looking(style, look)
        if old:
            tag = old.tag if old.addressed else with_attribute(old.tag, "r", f"{letters(column)}{row}")
            yield old.start, old.start + len(old.tag), with_attribute(tag, "s", str(style))
            continue
        behind = max((each.end for each in cells if each.column < column), default=place)
        xml = b'%sr="%s%d" s="%d"/>' % (text.grammar.cell_start, letters(column).encode(), row, style)
        made.append((behind, xml))
    if made:
        yield from _made(text, found, row, made)
        yield from (text.address(row, each) for each in cells if not each.addressed and each.column not in wanted)


def _made(text: SheetText, found: RowText | None, row: int, made: Sequence[tuple[int, bytes]]) -> Iterator[Splice]:
    """New cells in their row, which may be missing or written `<row/>`."""
    content = b"".join(xml for _, xml in made)
    name = text.part.prefix + b"row"
    if found is None:
        place = text.gap(row)
        yield place, place, b'<%s r="%d">%s</%s>' % (name, row, content, name)
    elif found.self_closing:
        tag = without_attribute(found.tag, "spans")
        yield found.start, found.inner, tag[:-2].rstrip() + b">" + content + b"</" + name + b">"
    else:
        yield found.start, found.inner, without_attribute(found.tag, "spans")
        yield from ((place, place, xml) for place, xml in made)


def _width_splices(text: SheetText, widths: Mapping[str, float]) -> list[Splice]:
    """Widths for the columns of a sheet that states none."""
    place = text.body.start
    if not widths or text.part.element("cols", 0, place):
        return []
    p = text.part.prefix
    wanted = sorted((number(column), width) for column, width in widths.items())
    each = (b'<%scol min="%d" max="%d" width="%g" customWidth="1"/>' % (p, at, at, width) for at, width in wanted)
    return [(place, place, b"<%scols>%s</%scols>" % (p, b"".join(each), p))]


def _highlight_splices(space: Workspace, text: SheetText, highlights: Sequence[Highlight]) -> list[Splice]:
    """New conditional formats behind those that are there, which keep their precedence."""
    if not highlights:
        return []
    p, tail = text.part.prefix, text.body.end
    ranks = [int(each.get("priority") or 0) for each in text.part.elements("cfRule", tail)]
    xml = b""
    for rank, each in enumerate(highlights, max([0, *ranks]) + 1):
        where = str(_area(text.name, each.area)).encode()
        formula = formula_text(f"{text.name}!{each.area}", each.formula)
        rule = b'<%scfRule type="expression" dxfId="%d" priority="%d"><%sformula>%s</%sformula></%scfRule>' % (
            p, space.styles.ruled(each.look), rank, p, formula, p, p,
        )  # fmt: skip
        xml += b'<%sconditionalFormatting sqref="%s">%s</%sconditionalFormatting>' % (p, where, rule, p)
    place = place_for("conditionalFormatting", text.part, SHEET, tail)
    return [(place, place, xml)]


def _choice_splices(text: SheetText, choices: Sequence[Choices]) -> list[Splice]:
    """New drop-down lists, for cells that have no rule yet."""
    if not choices:
        return []
    sheet, tail = text.part, text.body.end
    old = list(sheet.elements("dataValidation", tail))
    taken = [found for each in old for found in areas((each.get("sqref") or "").split())]
    taken += foreign_areas(sheet, tail, b"dataValidation")
    xml = b""
    for each in choices:
        wanted = _area(text.name, each.area)
        if any(wanted.meets(other) for other in taken):
            raise _refused(text.name, each.area, N_("some of its cells have a rule for what may be typed already"))
        taken.append(wanted)
        xml += _choice(text.name, sheet.prefix, wanted, each)
    return _appended(text, "dataValidations", xml, len(old) + len(choices))


def _choice(sheet: str, p: bytes, where: Area, choices: Choices) -> bytes:
    source = choices.source.removeprefix("=")
    if not source:
        joined = ",".join(choices.words)
        if not choices.words or any(
            "," in word or not word.strip() or not word.isprintable() for word in choices.words
        ):
            raise _refused(sheet, choices.area, N_("a list inside a rule needs words, and none with a comma"))
        if len(joined.encode("utf-16-le")) // 2 > _LIST_LIMIT:
            reason = N_("its choices have more than {limit} characters: put them into cells and name the range")
            raise _refused(sheet, choices.area, reason, limit=_LIST_LIMIT)
        source = '"' + joined.replace('"', '""') + '"'
    head = b"" if choices.strict else b' errorStyle="warning"'
    for name, said, limit in (("promptTitle", choices.title, _TITLE_LIMIT), ("prompt", choices.prompt, _PROMPT_LIMIT)):
        if len(said) > limit:
            reason = N_("its text to show has {length} characters, more than {limit}")
            raise _refused(sheet, choices.area, reason, length=len(said), limit=limit)
        head += b' %s="%s"' % (name.encode(), quoted(said)) if said else b""
    return (
        b'<%sdataValidation type="list"%s allowBlank="1" showInputMessage="1" showErrorMessage="1" sqref="%s">'
        b"<%sformula1>%s</%sformula1></%sdataValidation>" % (p, head, str(where).encode(), p, escaped(source), p, p)
    )


def _appended(text: SheetText, holder: str, xml: bytes, count: int | None) -> list[Splice]:
    """Entries at the end of a list, which is made in its place if it is not there."""
    found = text.part.element(holder, text.body.end)
    counted = None if count is None else str(count)
    if found:
        tag = with_attribute(found.tag, "count", counted) if counted else found.tag
        return [found.with_content(found.text + xml, tag)]
    place = place_for(holder, text.part, SHEET, text.body.end)
    name = text.part.prefix + holder.encode()
    head = b' count="%s"' % counted.encode() if counted else b""
    return [(place, place, b"<%s%s>%s</%s>" % (name, head, xml, name))]


def _link_splices(space: Workspace, text: SheetText, member: str, links: Mapping[tuple[int, str], str]) -> list[Splice]:
    """New links: a place of the book by its name, all else by a relationship."""
    if not links:
        return []
    old = areas(each.get("ref") or "" for each in text.part.elements("hyperlink", text.body.end))
    xml, p = b"", text.part.prefix
    for (row, column), target in links.items():
        place = f"{column}{row}"
        if any((row, number(column)) in each for each in old):
            raise _refused(text.name, place, N_("it has a link already"))
        if not target.strip("# ") or not target.isprintable() or len(target) > _LINK_LIMIT:
            raise _refused(text.name, place, N_("its link leads nowhere or is too long"))
        if target.startswith("#"):
            xml += b'<%shyperlink ref="%s" location="%s"/>' % (p, place.encode(), quoted(target[1:]))
        else:
            identity = space.relate(member, "hyperlink", target.strip(), external=True)
            kinds = space.book.relationships.encode()
            xml += b'<%shyperlink ref="%s" xmlns:r="%s" r:id="%s"/>' % (p, place.encode(), kinds, identity.encode())
    return _appended(text, "hyperlinks", xml, None)


def _protection_splice(text: SheetText) -> Splice:
    """Protection without a password, as a menu sets it: it keeps from accidents, not from people."""
    found = text.part.element("sheetProtection", text.body.end)
    if found:
        return found.with_tag(with_attribute(found.tag, "sheet", "1"))
    place = place_for("sheetProtection", text.part, SHEET, text.body.end)
    return place, place, b'<%ssheetProtection sheet="1" objects="1" scenarios="1"/>' % text.part.prefix
