"""Lists of songs that people send, as a file or as text.

A list is a message of two lines or more that look like songs, more than five track links, or a
file: text or a table, with Exportify's or similar columns, in UTF-8, UTF-16, Windows-1254, -1252 or
-1251. Begin with `reader`; `source` makes a listing of what was read, and asks Spotify for the
names of the first bare links. All but `source` is pure. May import what `bot.resolve` may.
"""
