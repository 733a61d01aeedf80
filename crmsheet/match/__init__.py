"""Which customers are the same: blocking, comparison, weight, clusters, survivorship."""
