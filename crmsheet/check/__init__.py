"""Rules over values and over whole books."""
