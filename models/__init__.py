"""The data model that every room shares; network weights are not here but pinned in vision/weights.toml."""
