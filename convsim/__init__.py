"""A multi-turn persona conversation simulator and benchmark for CRM agents."""

__version__ = "0.1.0"
