"""Reads tables, arrays and images of a person's own, bounded and without running anything. No Keras, no Qt."""
