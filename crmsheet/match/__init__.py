"""Same customer? Blocking, evidence, weight, groups, and the record that survives.

Its modules are imported by their own names: links by name are resolved in every command, duplicates sought in few.
"""
