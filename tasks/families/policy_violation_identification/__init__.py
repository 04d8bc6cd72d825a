"""Article that an agent's offer in a chat or in e-mails breached, or none."""
