"""Rules over a stack and a history, and the findings that they give. No Keras, no Qt."""
