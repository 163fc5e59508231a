"""A language model, written by whoever made this: README.md says what it can do."""
