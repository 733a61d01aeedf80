"""What a book should look like: YAML to Schema, headers to fields, Schema to pandera."""

from crmsheet.schema.binding import Bound, bind
from crmsheet.schema.bridge import dataframe_schema, dtype_of
from crmsheet.schema.cards import CARDS
from crmsheet.schema.loading import load
from crmsheet.schema.vocabulary import base_name, stand_ins

__all__ = ["CARDS", "Bound", "base_name", "bind", "dataframe_schema", "dtype_of", "load", "stand_ins"]
