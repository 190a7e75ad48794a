"""Telegram: updates in, messages out.

In: `polling` or `webhook` brings an update, `update_processor` lets it through once, and `routes`,
where to begin, names its handler; `callbacks` answers each press of a button once, whatever fails,
and follows as many as `presses` lets one person have. What waits for something slow does so beside
the `places` for updates, so that others are answered meanwhile.
What one person sends to one process keeps its order (`UserOrder`); between replicas, because
Telegram brings each chat's updates one by one. In groups
`addressing` says what is meant for the bot: not what stands beside `!skip`, what comes from or
through bots, channel posts and their copies, or forwards of its own answers; words only beside its
name. There it replies without a sound, and a button opens the whole list in private.

Out: the presenters show what jobs are at, `delivery` makes a call arrive, and `send_limits` keeps
Telegram's limits before they are hit, each process for itself; a 429 holds back that chat and no
other. Where 8 answers to commands wait for a chat, or 256 in all, further ones are not sent;
listings are. 👀 and 👌 stand for "seen" and "done", as bots may not react with ✅ (`reactions`).

May import `jobs`, `render` and what is below them; neither `app` nor `backends`.
"""
