"""Tasks of an opportunity that do not fit its stage."""
