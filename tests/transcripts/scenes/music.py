"""The sample music, by its addresses."""

from __future__ import annotations

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"
ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
LONGEST = "https://open.spotify.com/playlist/samplePlaylistLongest1"
ARTIST = "https://open.spotify.com/artist/sampleArtistKelpMin001"
GONE = "https://open.spotify.com/album/sampleAlbumTakenDown01"
SHORT = "https://spotify.link/sampleMix"

# Songs of those lists, each for one question that nobody has asked before
SONGS = tuple(
    f"https://open.spotify.com/track/{name}"
    for name in (
        "sample8rc3yal4d3gdfo50",
        "samplePsrDO5yv6oq9S690",
        "sample0UwglDx5I2rnqQe0",
        "sampleegwsAPsPYBlNFJ50",
        "sampleq9zHf8xjv6P4Cl00",
        "sampleh56vYDHk8ASQqZ60",
        "sampleu9XRrKcn3UmXxr30",
        "sampleRUhoVNieZrQETc30",
        "sampleWcT4BebqeRmqWVj0",
        "sampletCD5BOQnNCctRDk0",
        "sampleA3wkogX127XzOMk0",
        "sample4Y3l5OULpkUDDwj0",
        "sample2PLZg4P6wITxvFi0",
        "sampleSuT9er887qBqxe40",
        "sampleDPXr3GbarPmsgTh0",
        "sampleVoIhvlJzCY0tnz70",
        "sampleJFvhbmT9kkNwnJ40",
        "samplenoFGdFiy7Brchgd0",
    )
)

AUDIO = "https://music.youtube.com/watch?v=mWQIzeMqdw_"
VIDEO = "https://www.youtube.com/watch?v=XOyasf-GaQ_"
UPLOAD = "https://youtu.be/WBRSjSDHcg_"
LOST_VIDEO = "https://youtu.be/aaaaaaaaaaa"
DEEZER_TRACK = "https://www.deezer.com/track/100015792054341019"
DEEZER_ALBUM = "https://www.deezer.com/en/album/100226524361317846"
DEEZER_PLAYLIST = "https://www.deezer.com/playlist/100004877742466191"
DEEZER_SHORT = "https://link.deezer.com/s/sample100015792054341019"
APPLE_TRACK = "https://music.apple.com/us/album/sample/1?i=100144984870332160"
APPLE_ALBUM = "https://music.apple.com/us/album/sample/100049648452616289"
