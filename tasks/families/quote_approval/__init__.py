"""Article that the discounts of a quote violate, or none."""
