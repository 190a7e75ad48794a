"""The services' answers in their true shapes, made from the program's own words. Pure.

A module for each service; begin with `spotify`. Imports `bot.models` only.
"""
