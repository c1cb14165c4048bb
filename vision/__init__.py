"""Pictures to observations: who waits, is the window staffed, is the camera blind."""
