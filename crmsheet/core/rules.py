"""Every rule has a code that is never reused; its card is what `explain` and the docs show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_

ASPECTS: Mapping[str, str] = MappingProxyType(
    {
        "What": N_("What it finds"),
        "Why": N_("Why it matters"),
        "Bad": N_("Example of the fault"),
        "Good": N_("How it should look"),
        "crmsheet": N_("What crmsheet does"),
        "Setting": N_("Settings"),
    }
)
"""The bold words that begin the paragraphs of a page, in their order, and their titles."""
RECOVERABLE, VERIFY, LOST = "recoverable", "verify", "lost"
"""What can become of a damaged value: the cell tells what it was; the cell suggests it, and a person must say; or the
cell does not tell it any more, and it must be asked for."""
_LINE = re.compile(r" *\n *")
NEEDED = tuple(each for each in ASPECTS if each != "Setting")


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule's code, how bad a finding of it is, its title (an English template without arguments), and its page.

    The page is text like a docstring: paragraphs that begin with one of the bold words of `ASPECTS`. A rule on whole
    books gives the docstring of its module. `recovery` says what can become of a value that the rule names and proposes
    no fix for: VERIFY, LOST, or '' where nothing is damaged.
    """

    code: str
    severity: Severity
    title: str
    page: str
    recovery: str = ""

    @property
    def aspects(self) -> Mapping[str, str]:
        """The paragraphs of the page by their bold word, each on one line; they are message ids."""
        return aspects(self.page)


def aspects(page: str) -> Mapping[str, str]:
    """The paragraphs of a page by their bold word, without it; a paragraph without one is left out."""
    paragraphs = (_LINE.sub(" ", each).strip() for each in re.split(r"\n\s*\n", page))
    marked = (each[2:].partition("** ") for each in paragraphs if each.startswith("**"))
    return {word: text for word, _, text in marked}
