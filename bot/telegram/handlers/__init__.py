"""What Telegram brings and what is answered, one file for each surface of the chat."""
