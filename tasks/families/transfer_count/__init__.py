"""Agent who handed the most or the fewest cases to others."""
