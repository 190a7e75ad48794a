"""The pure part of the judgement: what speaks for and against a search result. No I/O.

A track is taken apart once (`asked_track`), each candidate is read once (`text`), and
`evidence`, where to begin, lists the signs of the two: titles, artists, length, album, version, and
who published it. `weights` says how much each counts; `bot.youtube.match` adds them up.

- Titles are compared after folding case, accents and width and after transliteration, so that a
  Japanese, Arabic or Hindi title meets its Latin spelling (`text`, `titles`).
- Version words (live, remix, karaoke, sped up and their like, in more than twenty languages) have
  to agree both ways: what was not asked for counts against a result, and what was asked for has to
  be there (`version_words`).
- Lengths count by kind: an art track fits within seconds, a video may run longer.
- Official is what YouTube calls an art track, or an official video with the artist's name on it;
  an artist's own channel; a known label's. A user's upload is never taken, however alike.

May import `bot.models` only; the platforms use `same_song` for their own pages.
"""
