"""Opening, addressing, patching, locking and replacing the user's file.

Each door is imported by its own name (`book.opening`, `book.patching`, ...): a command that only looks does not pay for
the patcher, and one that looks at the history alone does not pay for pandas.
"""
