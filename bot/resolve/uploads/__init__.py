"""Lists of songs that people send, as a file or as text. Pure."""
