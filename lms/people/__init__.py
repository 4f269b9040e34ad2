"""Who may sign in, with which licenses; not what they may do (memberships), not how they sign in (web)."""
