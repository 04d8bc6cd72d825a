"""SOSL over the full-text index: search text and clauses -> AST -> FTS5 expression and SOQL plans -> JSON records."""
