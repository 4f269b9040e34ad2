"""Who takes what and how far they are: enrollments, lesson progress, engaged time; not marks, not credit."""
