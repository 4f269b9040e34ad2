"""What we have certified: completions, the credit ledger, certificates and their revocations; all append-only."""
