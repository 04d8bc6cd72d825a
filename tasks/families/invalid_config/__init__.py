"""Article that the products and quantities of a quote violate, or none."""
