"""Who is in the class: `roster` has them in the gradebook, `class_list` reads them from a file."""
