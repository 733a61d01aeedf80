"""A look at the customers with pandas: checked, cleaned, joined, edited, written, taken back.

Run it from the folder of the repository: python examples/notebook.py (or open it as a notebook: each `# %%` is a cell).
It works on a copy of the example books; `zh` as its argument takes the Chinese one.
"""

# %%
import datetime as dt
import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd

import crmsheet

lang = "zh" if "zh" in sys.argv[1:] else "en"
path = Path(tempfile.mkdtemp(), "books")
shutil.copytree("examples", path)
path /= "客户关系管理书.xlsx" if lang == "zh" else "en/customer-book.xlsx"

book = crmsheet.open(path, today=dt.date(2026, 11, 23), lang=lang, actor="li")
print(book.tables[["sheet", "rows", "key"]])

# %%
pd.set_option("display.unicode.east_asian_width", True, "display.width", 100)
customers = book.frame("customers")
print(customers[["customer_id", "owner", "stage", "credit_limit", "last_contact_at"]].head(3))
print(customers.dtypes[["customer_id", "credit_limit", "last_contact_at"]])

# %%
checked = book.check()
print(checked)
findings = checked.findings
print(findings[findings["severity"] == "error"].value_counts(["rule", "table", "field"]).head())

# %%
cleaned = book.clean()
print(cleaned)
print(cleaned.changes.value_counts(["table", "field"]).head())

# %%
phones = cleaned.changes["field"].isin(["mobile", "phone"])
print(book.apply(cleaned.only(phones)))
book = book.reopen()

# %%
deals = book.frame("transactions")
industries = book.frame("customers").drop_duplicates("customer_id")[["customer_id", "industry"]]
joined = deals[deals["date"] >= "2026-01-01"].merge(industries, on="customer_id")
print(joined.groupby("industry")["amount"].agg(["count", "sum"]).nlargest(3, "sum"))

# %%
print(book.apply(book.tier()))
book = book.reopen()
customers = book.frame("customers")
quiet = pd.Timestamp(book.today) - pd.Timedelta(days=60)
asleep = (customers["tier"] == "A") & (customers["last_contact_at"] < quiet) & customers["next_contact_at"].isna()
sleeping = customers[asleep]
print(sleeping[["customer_id", "owner", "last_contact_at"]])

# %%
customers.loc[sleeping.index, "next_contact_at"] = pd.Timestamp("2026-11-25")
edited = book.changes_from(customers)
print(edited)
print(edited.changes[["cell", "key", "field", "before", "after"]])

# %%
print(book.apply(edited))
book = book.reopen()
print(book.history()[["author", "command", "changes"]])

# %%
print(book.undo())
print(book.reopen().frame().loc[sleeping.index, ["customer_id", "next_contact_at"]])
