"""Keras scripts read into experiments, with `ast` and never executed. No Keras, no Qt."""
