"""Rules over values and over whole books.

Its modules are imported by their own names: a value is checked without the engine that the rules on books need.
"""
