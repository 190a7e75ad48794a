"""What a person may look up: the plan, the day's ledger, and bursts.

`policy`, where to begin, is the arithmetic, and pure. The ledger knows a reservation and a
settlement, each one statement of MongoDB, idempotent, and right for any number of processes
(`ledger`); `meter` says what a listing costs by them. A look-up that failed is given back, and a
track that was paid for stays free for 30 days: a list longer than the day's allowance goes on the
next day where it stopped. While the store is away single tracks are lent (`unstored`). May import
`storage` and what is below it. What services allow this program is another matter: see
`bot.net.service_budget`.
"""
