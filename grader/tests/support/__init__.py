"""What test modules share: notebooks, a course folder, attacks, and tests run in two places."""
