"""Scenario files: tasks that authors write in YAML, without code and outside of the package."""
