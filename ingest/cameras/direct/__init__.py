"""RTSP read without FFmpeg: the plain case of nearly every camera, at a third of the cost."""
