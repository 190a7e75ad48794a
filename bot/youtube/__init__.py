"""Track → official recording on YouTube: the search and the judgement of what it brings.

Begin with `finder`: it asks YouTube Music (`music`) for songs, then videos (`queries` says which
and when to stop), and the Data API where that has no answer. `match`, a pure function, says which
result is right; how, is told in `matching`. `listings` reads what people send from YouTube itself.
May import `net` and what is below it, but not `spotify`, which stands beside it.
"""
