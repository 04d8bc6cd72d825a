"""Bounds of a query. Most are documented ("SOQL and SOSL Limits for Objects"); the open ones have a name here."""

MAX_PARENTS_UP = 5
"""Relationships in one path."""
MAX_RELATIONSHIPS = 55
"""Child-to-parent relationships in one query."""
MAX_SUBQUERIES = 20
MAX_SUBQUERY_LEVELS = 5
"""Levels of parent-to-child nesting, the root included (from API 58)."""
MAX_ORDER_FIELDS = 32
MAX_OFFSET = 2_000
MAX_ROLLUP_FIELDS = 3
MAX_GROUPED_ROWS = 2_000
MAX_FIELDS_LIMIT = 200
"""Rows that FIELDS(ALL) and FIELDS(CUSTOM) may return."""
MAX_SEMI_JOINS = 2
"""IN and NOT IN sub-selects per WHERE; from older documentation, not confirmed against a recent org."""
MAX_PARAMETERS = 30_000
"""Bound values of one statement (SQLite takes 32,766)."""
FIELDS_VERSION = 51.0
"""First API version with FIELDS()."""
NULLS_ARE_LOWEST = True
"""Nulls come first ascending (documented) and last descending (third parties agree, the documentation is silent)."""
FISCAL_YEAR_NAMED_BY_END = True
"""A fiscal year has the number of the calendar year in which it ends (the default of a new org's fiscal settings)."""
