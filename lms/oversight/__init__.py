"""What licensing boards ask, and what is answered: looks, batch checks, audits and audit packets; not the boards."""
