"""What: the task families with their units, wording, oracles and reference solutions."""
