"""Agent with the lowest or highest mean time from opening to closing a case."""
