"""Other platforms than Spotify: their links in, and their links to a track out."""
