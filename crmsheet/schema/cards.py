"""The cards of the rules on structure and on single values."""

from __future__ import annotations

from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard

UNKNOWN_COLUMNS = RuleCard("CRM101", Severity.info, N_("Columns that no field claims"))
NAMELESS_COLUMN = RuleCard("CRM102", Severity.info, N_("Column with values and no header"))
SECOND_COLUMN = RuleCard("CRM103", Severity.warning, N_("Second column for the same field"))
MISSING_COLUMN = RuleCard("CRM104", Severity.warning, N_("Required column missing"))
UNSURE_TABLE = RuleCard("CRM105", Severity.info, N_("Sheet that could be one of two tables"))
SECOND_SHEET = RuleCard("CRM106", Severity.info, N_("Second sheet for the same table"))
TOTAL_ROW = RuleCard("CRM107", Severity.info, N_("Total or note below the records"))
REPEATED_HEADER = RuleCard("CRM108", Severity.info, N_("Header repeated among the records"))

STRUCTURE = (
    UNKNOWN_COLUMNS,
    NAMELESS_COLUMN,
    SECOND_COLUMN,
    MISSING_COLUMN,
    UNSURE_TABLE,
    SECOND_SHEET,
    TOTAL_ROW,
    REPEATED_HEADER,
)

REQUIRED = RuleCard("CRM290", Severity.error, N_("Required value missing"))
OUT_OF_RANGE = RuleCard("CRM291", Severity.error, N_("Value out of range"))
WRONG_FORM = RuleCard("CRM292", Severity.error, N_("Value of the wrong form"))
WRONG_LENGTH = RuleCard("CRM293", Severity.warning, N_("Text too long or too short"))
NOT_ALLOWED = RuleCard("CRM294", Severity.error, N_("Value that is not among the choices"))

VALUES = (REQUIRED, OUT_OF_RANGE, WRONG_FORM, WRONG_LENGTH, NOT_ALLOWED)

CARDS = (*STRUCTURE, *VALUES)
