"""What a run says: statistics, tables, figures, one self-contained page."""
