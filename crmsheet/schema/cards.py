"""The cards of the rules on structure and on single values."""

from __future__ import annotations

from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard

UNKNOWN_COLUMNS = RuleCard(
    "CRM101",
    Severity.info,
    N_("Columns that no field claims"),
    """
        **What** A column of a recognised sheet whose header is no label and no alias of any field of that table.

        **Why** Its values are carried along untouched, but nothing checks, cleans or grades them; often only the
        header is unusual.

        **Bad** A header `客户电话(新)` or `Ph.` for a phone number.

        **Good** `电话` or `Phone`; or an alias of your own in a schema file beside the book.

        **crmsheet** It keeps the column as it is and names it once. `crmsheet schema show customers` lists the
        headers that it knows.
        """,
)
NAMELESS_COLUMN = RuleCard(
    "CRM102",
    Severity.info,
    N_("Column with values and no header"),
    """
        **What** A column that holds values in several rows and has an empty header cell.

        **Why** Nobody knows what the values mean, neither a colleague nor crmsheet.

        **Bad** Phone numbers in column F, and F1 is empty.

        **Good** `手机` in F1.

        **crmsheet** It carries the column along untouched and names it, so that you can give it a header.
        """,
)
SECOND_COLUMN = RuleCard(
    "CRM103",
    Severity.warning,
    N_("Second column for the same field"),
    """
        **What** Two columns of one sheet whose headers mean the same field.

        **Why** A value typed into the second one is never looked at: two people fill in two columns.

        **Bad** `手机` in column D and `手机号码` in column H.

        **Good** One column; or numbered headers such as `电话1` and `电话2`, which are read as several values of
        one field.

        **crmsheet** It uses the column whose header fits best, leaves the other untouched, and names both.
        """,
)
MISSING_COLUMN = RuleCard(
    "CRM104",
    Severity.warning,
    N_("Required column missing"),
    """
        **What** A table without a column for a field that every record needs.

        **Why** Without the name or the date of a record the checks, grades and lists that need it cannot work.

        **Bad** A sheet of sales with a customer and an amount, and without a date.

        **Good** A column `日期` or `Date`.

        **crmsheet** It reads what is there and names the missing column; it never makes one up.
        """,
)
UNSURE_TABLE = RuleCard(
    "CRM105",
    Severity.info,
    N_("Sheet that could be one of two tables"),
    """
        **What** A sheet whose headers fit two tables about equally well.

        **Why** A sheet called 销售记录 may hold sales or follow-ups; read as the wrong one, its figures go to the
        wrong place.

        **Bad** A sheet `记录` with the headers 客户, 日期, 备注.

        **Good** The sheet named after its table, such as `跟进记录` or `交易记录`.

        **crmsheet** It reads the sheet as the table that fits better, and says which other one was possible.
        """,
)
SECOND_SHEET = RuleCard(
    "CRM106",
    Severity.info,
    N_("Several sheets for the same table"),
    """
        **What** Two or more sheets of the book, or blocks of one sheet, that are the same table.

        **Why** A sheet for each salesperson or month is one list of customers all the same. But an old copy of the
        list is not more customers, and read together with it each of them would be there twice.

        **Bad** `客户` and `客户(旧)`, with the same customers in most rows.

        **Good** `张三`, `李四` and `王五`, each with the customers of one salesperson and about the same columns.

        **crmsheet** It reads blocks with the same columns together and says so; every change goes to the sheet where
        the row is. A copy, an archive, another unit or other columns: the sheet is left out and named. `table` and
        `header` under `[layout."客户(旧)"]` in `crmsheet.toml` settle it.
        """,
)
TOTAL_ROW = RuleCard(
    "CRM107",
    Severity.info,
    N_("Total or note below the records"),
    """
        **What** A row below the records that is a total, a signature or a remark.

        **Why** Read as a customer it would be counted, graded and called.

        **Bad** `合计` in the column of names and a sum in the column of amounts.

        **Good** Totals on a sheet of their own, or in the status line of the spreadsheet program.

        **crmsheet** It leaves the row out of all figures and does not touch it.
        """,
)
REPEATED_HEADER = RuleCard(
    "CRM108",
    Severity.info,
    N_("Header repeated among the records"),
    """
        **What** The header row again, among the records.

        **Why** It comes from lists that were pasted below each other, and would be a customer called 客户名称.

        **Bad** Row 52 says 客户编号, 客户名称, 手机 once more.

        **Good** One header, in the first row of the list.

        **crmsheet** It leaves the row out of all figures and does not touch it.
        """,
)

LAYOUT = RuleCard(
    "CRM110",
    Severity.warning,
    N_("Layout that could be read in two ways"),
    """
        **What** A sheet whose cells do not say for certain where its header, its records or its total are.

        **Why** Read wrongly, a title becomes a customer, or a customer is left out as a total.

        **Bad** Two rows that could both be the header, the second with other words than the first.

        **Good** One header row, right above the records.

        **crmsheet** It says what it assumed, and which line of `crmsheet.toml` settles it. `crmsheet doctor` shows how
        each sheet was read.
        """,
)

STRUCTURE = (
    UNKNOWN_COLUMNS,
    NAMELESS_COLUMN,
    SECOND_COLUMN,
    MISSING_COLUMN,
    UNSURE_TABLE,
    SECOND_SHEET,
    TOTAL_ROW,
    REPEATED_HEADER,
    LAYOUT,
)

REQUIRED = RuleCard(
    "CRM290",
    Severity.error,
    N_("Required value missing"),
    """
        **What** A record without a value that every record of its table needs.

        **Why** A customer without name cannot be found, a sale without date is in no month.

        **Bad** A row with the number `C0012`, a mobile number, and no name.

        **Good** `C0012 华星科技`.

        **crmsheet** It names the cell; only people know what belongs there.
        """,
)
OUT_OF_RANGE = RuleCard(
    "CRM291",
    Severity.error,
    N_("Value out of range"),
    """
        **What** A number or a date outside the bounds that the schema sets for its field.

        **Why** It is nearly always a slip: one digit too many, or two columns exchanged.

        **Bad** 赢单概率 150%; 年龄 212.

        **Good** 赢单概率 50%; 年龄 21.

        **crmsheet** It names the cell and leaves it. The bounds are the `checks` of the field in the schema.
        """,
)
WRONG_FORM = RuleCard(
    "CRM292",
    Severity.error,
    N_("Value of the wrong form"),
    """
        **What** A text that has not the form that the schema asks of its field.

        **Why** Numbers of one form can be looked up and compared; others are found by nobody.

        **Bad** 银行卡末四位 `12`, where four digits are asked for.

        **Good** `0012`.

        **crmsheet** It names the cell and leaves it. The form is the pattern among the `checks` of the field.
        """,
)
WRONG_LENGTH = RuleCard(
    "CRM293",
    Severity.warning,
    N_("Text too long or too short"),
    """
        **What** A text longer or shorter than the schema allows for its field.

        **Why** A name of one letter is a slip, and a whole story in a short field is read by nobody.

        **Bad** A field with at most 20 characters that holds 300.

        **Good** The short form here, the story in 备注.

        **crmsheet** It names the cell and leaves it. The limits are the `str_length` among the `checks` of the
        field.
        """,
)
NOT_ALLOWED = RuleCard(
    "CRM294",
    Severity.error,
    N_("Value that is not among the choices"),
    """
        **What** A value that the schema lists as not allowed, or that is not among those it allows.

        **Why** Figures by such a value split into several where one is meant.

        **Bad** A unit `盒子`, where the schema allows 盒 and 箱.

        **Good** `盒`.

        **crmsheet** It names the cell and leaves it. The values are the `isin` or `notin` among the `checks` of the
        field.
        """,
)

VALUES = (REQUIRED, OUT_OF_RANGE, WRONG_FORM, WRONG_LENGTH, NOT_ALLOWED)

CARDS = (*STRUCTURE, *VALUES)
