"""How the bot is run and looked after: `tracklink run`, `doctor`, `show`, and its health.

A module for each command of `bot.cli`; begin with `run`. `server` answers /health and /ready, and
carries the webhook. May import everything but the sandbox and `cli`.
"""
