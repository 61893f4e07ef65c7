"""From text to value: pure functions, as strict as the standards they name."""
