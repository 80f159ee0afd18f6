"""The drill: what must never go wrong with money and stock, tried on a copy of the shop's own database.

`outside` copies the database, starts a private sandbox and a process that sees nothing but the two, and
prints its report. `__main__` is that process; the other modules are what it tries. The shop itself is
only read, and nothing leaves the machine.
"""
