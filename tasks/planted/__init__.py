"""Planted instructions: texts of an org that tell the agent what nobody asked for, beside the clean org."""
