"""Sweeps: chosen initializers times seeds, trained one after the other, and what came of them."""
