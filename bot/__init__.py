"""Tracklink: a Telegram bot that answers Spotify links with official links.

Each folder's `__init__` says what lives there, what it may import and where to begin reading. The
README has the layers from the top down, and follows one link through them.
"""
