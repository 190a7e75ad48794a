"""From a link to its listing, and from the listing to recordings.

`resolver` is the one use case: begin there. `catalog` says where each kind of link leads; the
`scheduler` shares the look-ups among all users in turn, the page on screen first, and two who ask
for the same track wait for one search; `song_finder` gives a song without Spotify's id its track
there first, at most 50 searches in 10 s. Beside them: `search` for words, which cost nothing until
one of the songs found is tapped, `suggestions` for inline mode, `corrections` for what people put
right, `uploads` for lists.

Knows neither chat nor jobs. May import `platforms`, `quota` and what is below them; what is kept
comes to the resolver by Protocols.
"""
