"""Who is in the class: `roster` has them in the gradebook, and finds them by any name of theirs."""
