"""One module per rule on a whole book; its docstring is its page in the manual."""
