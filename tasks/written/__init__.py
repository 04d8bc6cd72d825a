"""Tasks that people wrote down as data: whole records with a gold, or a query whose result is the gold."""
