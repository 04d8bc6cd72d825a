"""Agents that need no model: the ceiling, the floors and the faults against which everything else is measured."""
