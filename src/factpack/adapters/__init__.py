"""Where factpack meets other tools and formats; no adapter knows another."""
