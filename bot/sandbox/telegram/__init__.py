"""A Telegram in memory, and the same Application talking to a terminal instead of Telegram."""
