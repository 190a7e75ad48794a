"""Tracklink: a Telegram bot that answers Spotify links with official links."""
