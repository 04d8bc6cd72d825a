"""The grammar that words facts: one file per kind of text."""
