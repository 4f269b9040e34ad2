"""Questions, answers and marks: item banks, post-tests with frozen papers, evaluations; not what they earn."""
