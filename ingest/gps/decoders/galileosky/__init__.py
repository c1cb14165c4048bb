"""Galileosky: packets of tags, as trackers 2.x, 4.x, 5.x, 7.x and Base Block send them."""
