"""Data of a person's own: the dialog that opens them, with a preview and the choices to be made."""
