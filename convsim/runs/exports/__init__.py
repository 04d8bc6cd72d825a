"""A run's episodes for other programs: published JSON lines, flat tables, data frames, Inspect logs."""
