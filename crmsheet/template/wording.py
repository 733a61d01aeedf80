"""Words of a template file in every language."""

from __future__ import annotations

from crmsheet.core.messages import N_, Labels
from crmsheet.resources import LANGUAGES
from crmsheet.schema.nodes import Node, mapping, refuse, text


def labels(node: Node) -> Labels:
    """Words in every language.

    Raises:
        SchemaError: a language is missing or empty, or one that is not spoken is there.
    """
    given = mapping(node, LANGUAGES)
    found = {lang: text(given[lang]).strip() if lang in given else "" for lang in LANGUAGES}
    for lang, words in found.items():
        if not words:
            refuse(node, N_("the label in the language {lang} is missing"), N_("Add `{lang}: ...`."), lang=lang)
    return found
