"""What an agent is told before the conversation: a prompt in separate blocks."""
