"""Agent with the highest or lowest share of leads that were converted."""
