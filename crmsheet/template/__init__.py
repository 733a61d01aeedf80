"""New books: a template in YAML, read and checked, and the workbook that is made of it."""
