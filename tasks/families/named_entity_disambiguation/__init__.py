"""Product that a customer means by a vague description and the day of the purchase, or none."""
