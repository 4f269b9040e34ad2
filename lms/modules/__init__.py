"""What is taught: modules, their editions, lessons, references, pictures; a published edition never changes."""
