"""Whether we may certify and for how many credits: accreditors' rules, approvals, credit calculation, publish gate."""
