"""Who matters: RFM, Pareto A/B/C, and why."""
