"""The shell that turns the crank: look, observe, ask the core, write, record. It decides nothing by itself.

The cycle knows no durable engine, no vendor and no database: all of them come in through `ports`.
"""
