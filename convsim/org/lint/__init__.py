"""Every mistake in a bundle's folder, where opening it tells only the first."""
