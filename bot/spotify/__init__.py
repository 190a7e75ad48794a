"""Spotify: links in text, and the listings behind them.

Begin with `sources`, a ladder of which the first that answers is taken: the Web API (`api`), the
public embed page (`embed`), an honest refusal. `faults` says what an error means, and what an app
may do. Rows that are local files, podcasts or gone keep their place and are counted (`rows`). May
import `net`, `storage` and what is below them, but not `youtube`, which stands beside it.
"""
