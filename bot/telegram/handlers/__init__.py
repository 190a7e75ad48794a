"""What Telegram brings and what is answered, one file for each surface of the chat.

Thin: a handler reads the update, asks a service, and answers with what `bot.render` makes of it.
Begin with `messages` and `links`; `bot.telegram.routes` says which handler gets what. May import
what `bot.telegram` may.
"""
