"""Seller with the shortest or longest mean time from opportunity to signature, of deals signed in a window."""
