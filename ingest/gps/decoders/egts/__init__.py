"""EGTS (GOST R 54619, GOST 33465, GOST 33472): relays of operators, ERA-GLONASS boxes."""
