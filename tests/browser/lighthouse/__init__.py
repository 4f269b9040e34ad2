"""Google's Lighthouse against the running product; `make lighthouse` runs it, the tests do not."""
