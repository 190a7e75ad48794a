"""The durable queue: each link becomes a job, and each job one message, whatever happens.

A job is a document in MongoDB, and a process holds nothing that is not there. The process that
holds its lease shows the listing, follows the look-ups with edits, settles the quota and ends the
job; when that process dies, another goes on in the same message within 30 s. `runner` is the face:
begin there. `queues` has one job at a time run for each user, and few for each chat: the others
wait in the store, where they cost nobody a place. `heartbeat` renews, takes over, and brings what
people asked of another process, such as a page or a stop, within 5 s.

While the store is down a poller answers all the same and stores its jobs afterwards (`outbox`);
with a webhook, where another process may have what was given up, Telegram is to send it again.

A job that fails by our fault, or finds the store down, is begun three times at most. What a service
did not answer is asked for again up to three times within a day (`again_at`): not a link in a group
that nobody meant for the bot, nor an answer that cannot be read.

May import `resolve` and what is below it, but not `render`: what a message says is for the
`Presenter` to know, which is handed in.
"""
