"""Model files of Keras, .keras, .h5 and .weights.h5, read without running anything. No Keras, no Qt."""
