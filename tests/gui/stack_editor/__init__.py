"""The stack editor, driven as a person drives it."""
