"""Figures about the work of an agent, asked for by a customer; with a benign twin for each probe."""
