"""What a person asks for: immutable values and pure edits. No Keras, no Qt."""
