"""How services outside are called: bounded, retried, sparing a sick one, within a budget.

Every call goes through `circuit`: begin there. All processes share what they know of a service: a
wall that one met is known to the others within 2 s, and one of them probes when its time is over
(`shared_circuits`). They share budgets too (`service_budget`), of which each takes a small part
while the store is down, and each person at most a share (`asker` says who that is).
Requests go to the hosts of `hosts` alone, and no answer is read beyond a size and a time: `http`
for pages, `short_links` for redirects, `bounded` for libraries that block, which run in `threads`.

What a single service says is for its own package to know. The store comes in by Protocols, never by
import: of this program, `net` knows telemetry, config, models, errors and the clock.
"""
