"""What the program can do: a module for each command."""
