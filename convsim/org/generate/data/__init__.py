"""The content of the two companies, and the names that people and firms are made of, as plain files."""
