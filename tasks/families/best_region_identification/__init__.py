"""State in which cases are closed fastest."""
