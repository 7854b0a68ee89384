"""Keras scripts, read and written as text: nothing in them is run."""
