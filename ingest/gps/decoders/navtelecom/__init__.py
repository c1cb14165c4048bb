"""Navtelecom: NTCB frames and the FLEX protocol of SMART, START and SIGNAL boxes."""
