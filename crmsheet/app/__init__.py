"""One module per verb; the only room that wires rooms together."""
