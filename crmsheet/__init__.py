"""A CRM that lives in the spreadsheet you already have."""

__version__ = "0.1.0"
