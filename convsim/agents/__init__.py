"""Agents under test, all AutoGen ChatAgents: reference agents, models in the built-in styles, plug-ins, endpoints."""
