"""The media node's doors: live wall, WHEP, replay, snapshots, tickets."""
