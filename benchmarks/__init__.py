"""Speed, measured as a ratio against hand-written SQL of the same rows in the same run."""
