"""The sockets that devices talk to, one receiver a transport."""
