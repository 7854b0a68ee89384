"""Parts of the runs view: the list's model, how a row is drawn, the note, and the words for them."""
