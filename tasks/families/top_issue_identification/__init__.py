"""Issue that customers reported most for a product in a window."""
