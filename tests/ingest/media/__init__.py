"""The media node: tickets, walls, WHEP, replay."""
