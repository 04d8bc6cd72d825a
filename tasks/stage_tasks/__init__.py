"""What the tasks of an opportunity tell about its stage: two families ask about it."""
