"""A learner's feedback page: `page.rendered` fills feedback.html.j2 from a graded notebook."""
