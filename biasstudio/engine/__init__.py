"""Keras and TensorFlow: the only package that imports them. Its objects belong to the thread that made them."""
