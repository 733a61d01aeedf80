"""What a book should look like: YAML to Schema, headers to fields, Schema to pandera.

`binding` is imported by its own name: it needs pandas, and a command on the schema alone does not.
"""

from crmsheet.schema.bridge import dataframe_schema, dtype_of
from crmsheet.schema.cards import CARDS
from crmsheet.schema.loading import load
from crmsheet.schema.vocabulary import base_name, stand_ins

__all__ = ["CARDS", "base_name", "dataframe_schema", "dtype_of", "load", "stand_ins"]
