"""What is right: the course's own answers to its exercises, and the models made of them."""
