"""SOQL on SQLite: tokens -> AST -> check against the schema -> SQL with bound parameters -> JSON records."""
