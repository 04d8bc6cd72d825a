"""A Ray cluster that shares the conversations of a run; the process that began it plans, writes and counts."""
