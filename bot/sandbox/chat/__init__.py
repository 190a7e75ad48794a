"""`tracklink chat`: the whole bot, with a terminal in place of Telegram.

Begin with `terminal`, which builds the Application and hands it what a person types; `screen` draws
what the bot answers, also as the README's picture. May import everything but `ops` and `cli`.
"""
