"""`make bench`: how fast the pages are beside a bare Flask application that asks the same of the same database.

Nothing here is a test of time: a machine is busy or not. What a number means stands in `docs/performance.md`.
"""
