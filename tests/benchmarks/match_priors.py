"""What is held true of music and its titles before any case is looked at.

The fit starts here and the cases move it: rare signs, which no set of cases shows often enough,
stay near what is said here. Weights are log-odds, before the score is calibrated.
"""

from __future__ import annotations

from typing import Final

GROUPS: Final = ("audio", "video", "untold")

# Signs of one code from the best to the worst: a worse one never weighs more. This is what makes a
# nearer length, or a title without "live", never lower a score.
ORDERS: Final = (
    ("title:same", "title:nearly", "title:alike", "title:partly", "title:other"),
    ("title:same", "title:sounds", "title:unread", "title:other"),
    ("tail:all", "tail:some", "tail:none", "tail:clash"),
    ("subtitle:there", "subtitle:missing"),
    ("album:same", "album:alike", "album:other"),
    (
        *("official:audio", "official:own", "official:akin", "official:guest", "official:label"),
        *("official:house", "official:plain", "official:fan", "official:upload"),
    ),
    *(
        tuple(f"artist:{grade}:{group}" for grade in ("own", "named", "alike", "unread", "none"))
        for group in GROUPS
    ),
    *(tuple(f"length:{step}:{group}" for step in range(10)) for group in GROUPS),
    *(tuple(f"tight:{left}:{group}" for left in range(4)) for group in GROUPS),
    *(tuple(f"loose:{left}:{group}" for left in range(4)) for group in ("audio", "untold")),
)
# Signs that speak against a candidate or do not speak at all
AGAINST: Final = ("version:", "missing:", "album_version:", "numbers:", "explicit:")

# How firmly a prior is held: the precision of a normal distribution around it
LOOSE: Final = 0.6
MIDDLE: Final = 2.0
FIRM: Final = 3.0

# A version that nobody asked for is another recording; an edit or a named version may be the same.
_VERSIONS: Final = {
    "version": -9.0,
    "version:edit": -7.0,
    "version:mix": -7.0,
    "version:named": -6.0,
    "version:session": -8.0,
    "version:clean": -8.0,
    "missing:hard": -6.0,
    "missing:soft": -2.0,
    "album_version": -3.0,
    "tail:none": -3.0,
    "tail:clash": -7.0,
    "numbers:missing": -7.0,
    "numbers:other": -10.0,
}
# Part of a title is another title; so are more words in the stretch in which it stands.
_TITLES: Final = {
    "title:same": 0.5,
    "title:nearly": -1.5,
    "title:sounds": -1.0,
    "title:alike": -5.5,
    "title:partly": -7.0,
    "title:unread": -5.0,
    "title:other": -10.0,
    **{f"tight:{left}:video": w for left, w in enumerate((0.0, -7.0, -8.0, -8.0))},
    **{f"tight:{left}:audio": w for left, w in enumerate((0.0, -7.0, -8.0, -9.0))},
    **{f"tight:{left}:untold": w for left, w in enumerate((0.0, -0.5, -1.0, -1.5))},
    **{f"loose:{left}:audio": w for left, w in enumerate((0.0, -2.0, -3.0, -4.0))},
}
# Who performs, and who published it
_PEOPLE: Final = {
    "artist:own": 1.0,
    "artist:alike": -0.5,
    "artist:unread": -3.0,
    "artist:none": -4.0,
    "official:audio": 1.0,
    "official:own": 1.0,
    "official:akin": 0.3,
    "official:house": -1.5,
    "official:plain": -4.0,
    "official:fan": -6.0,
    "official:upload": -7.0,
}
# An art track is the recording itself; a video may be much longer than its song.
_LENGTHS: Final = {
    **{f"length:{n}:audio": w for n, w in enumerate((2.0, 1.5, 0.5, -1.0, -3.0, -5.0, -6.0, -7.0))},
    **{
        f"length:{n}:video": w
        for n, w in enumerate((1.0, 1.0, 1.0, 0.5, 0.2, -0.5, -1.0, -1.5, -2.5, -3.0))
    },
    **{
        f"length:{n}:untold": w
        for n, w in enumerate((2.0, 2.0, 2.0, 1.5, 0.5, -3.0, -4.5, -6.0, -7.0, -7.0))
    },
    "length:unknown:audio": -1.0,
    "length:unknown:untold": -6.0,
}
PRIORS: Final = _VERSIONS | _TITLES | _PEOPLE | _LENGTHS

_FIRM: Final = (
    *("version:", "missing:", "numbers:", "tail:clash", "official:house", "official:akin"),
    *("title:nearly", "title:alike", "title:partly", "title:unread", "tight:", "loose:"),
)


def prior(sign: str) -> float:
    """Of the sign itself, or of what it begins with: `version:live` → `version`; else 0."""
    while sign:
        if sign in PRIORS:
            return PRIORS[sign]
        sign = sign.rpartition(":")[0]
    return 0.0


def firmness(sign: str) -> float:
    if sign.startswith(_FIRM):
        return FIRM
    code, _, group = sign.partition(":")
    return MIDDLE if code == "length" and group.endswith(("audio", "untold")) else LOOSE
