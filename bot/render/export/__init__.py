"""A listing as a file: CSV, text, M3U8, JSON, a web page, or all of them in a ZIP. Pure.

Begin with `files`, which makes any `Format`; each has its module. May import what
`bot.render` may. How a file gets to a person is told in `bot.telegram.handlers.exports`.
"""
