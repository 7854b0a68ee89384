"""Scripts in the window: pasted, opened with what could not be read, and exported."""
