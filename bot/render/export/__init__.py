"""A listing as a file: CSV, text, M3U8, JSON, a web page, or all of them in a ZIP. Pure.

Begin with `files`, which makes any `Format`; `json_file` has the rows that all of them are made of,
`text_file` also the playlist for players. May import what `bot.render` may. How a file gets to a
person is told in `bot.telegram.handlers.exports`.
"""
