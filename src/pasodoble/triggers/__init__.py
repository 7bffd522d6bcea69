"""What may start a sync, and what must not: declarations, one family a file, and the one function that asks them.

Pure. What follows once a trigger has fired (a mark, a read, a write) does not belong here.
"""
