"""Several local processes that share the conversations of a run; the process that began it plans, writes and counts."""
