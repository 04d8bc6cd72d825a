"""Short fact out of a public article."""
