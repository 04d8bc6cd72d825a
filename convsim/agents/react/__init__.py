"""The built-in agent that acts by tags in its text, for models with and without tool calling."""
