"""A listing as a file: CSV, text, M3U8, JSON, a web page, or all of them in a ZIP. Pure."""
