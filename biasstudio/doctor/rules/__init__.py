"""One rule a file. A rule takes an experiment and a history, and gives its findings."""
