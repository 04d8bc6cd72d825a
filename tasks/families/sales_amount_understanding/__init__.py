"""Seller with the highest or lowest sales amount of deals signed in a window."""
