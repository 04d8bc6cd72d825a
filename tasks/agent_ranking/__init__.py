"""Ranking agents by their cases in a window: shared by handle_time and transfer_count."""
