"""Redaction: protected and sensitive values of a run replaced by tokens, the same value by the same token."""
