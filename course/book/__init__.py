"""The course as a book: a static site and a PDF, made from the outputs that the notebooks hold."""
