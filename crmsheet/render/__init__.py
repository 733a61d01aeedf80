"""An outcome in one output format."""
