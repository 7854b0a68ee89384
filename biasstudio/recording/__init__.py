"""What was recorded: frames of bias values and what belongs to them. No Keras, no Qt."""
