"""Widgets. Never imports engine, keras or tensorflow."""
