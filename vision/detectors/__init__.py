"""One adapter a file behind the Detector port."""
