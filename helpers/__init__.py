"""What draws, asks and explains: pictures, widgets, questions, sentences, and what models weigh."""
