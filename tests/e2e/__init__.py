"""An operator's quarter of an hour in headless Chromium."""
