"""The model worker thread: takes commands, owns the model, emits state."""
