"""Licensing boards and who sits on them; later their look-ups and audits."""
