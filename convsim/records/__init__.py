"""Everything that goes to disk: versioned, frozen, and enough to run it again."""
