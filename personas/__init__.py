"""Who speaks: persona profiles, their measurable traits, and the vocabulary of disclosure units."""
