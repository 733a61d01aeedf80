"""Formats that are read and never written: .xls, .xlsb, .ods, and tables saved under their names."""
