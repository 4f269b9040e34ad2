"""Other people's verifiers, offline: what we issue has to satisfy them, what is wrong has to fail."""
