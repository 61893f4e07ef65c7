"""Facts taken from articles become a dataset that others can rely on."""
