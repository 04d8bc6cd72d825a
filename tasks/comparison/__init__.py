"""Comparing a figure of agents, states or issues over a window: what all families of numerical computation share."""
