"""Published task files (CRMArena-Pro, CRMArena) as tasks of ours: a query comes apart into goal and units."""
