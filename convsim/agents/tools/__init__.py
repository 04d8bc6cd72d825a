"""The built-in agent that acts by tool calls: AutoGen's AssistantAgent over a workbench of our own."""
