"""A Telegram in memory, as strict as the real one: lengths, entities, HTML, buttons, limits.

Begin with `core`: the bot's side is one method, the rest is what people do. `request` puts it in
the place of python-telegram-bot's transport. Imports the clock and nothing else of this program.
"""
