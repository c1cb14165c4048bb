"""The only door for people and other systems: REST, WebSocket, sign-in, command line."""
