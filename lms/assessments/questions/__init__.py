"""One file per kind of question; dropping one in is enough."""
