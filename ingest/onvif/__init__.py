"""ONVIF: finding cameras and asking them what they are; only device.py knows the library."""
