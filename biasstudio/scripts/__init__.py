"""Keras scripts, read into experiments and written from them, and never executed. No Keras, no Qt."""
