"""What stands behind the Help menu: about, licences, the log, diagnostic information."""
