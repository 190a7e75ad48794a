"""Other platforms than Spotify: their links in, and their links to a track out.

`links` finds links of YouTube, Apple Music and Deezer in a text, and `listings`, where to begin,
reads what they lead to: videos and playlists, songs and albums, tracks, albums and playlists. The
other way round, `page_finder` looks for a track's page at Apple (`apple`) and Deezer (`deezer`),
which are asked without a key; such links come behind an answer, which never waits for them. `urls`
makes addresses that need no request. May import `youtube` and what is below it; Spotify's search
is handed in.
"""
