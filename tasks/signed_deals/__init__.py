"""Ranking sellers by the deals that were signed in a window: shared by the families of sales amount and sales cycle."""
