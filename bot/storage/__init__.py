"""What MongoDB keeps: a module for each collection, and the way there.

A collection's module holds its indexes, how long its documents are kept, and a class whose methods
are one statement each, a few of them two. Where the driver fails, or takes more than 3 s, those
above see `StoreUnavailable` and nothing else. Begin with `jobs`; `database` opens the store, starts
a `private_mongod` where no address is set, and alone imports Motor. Stands beside `net` and does
not import it; knows what is below both.
"""
