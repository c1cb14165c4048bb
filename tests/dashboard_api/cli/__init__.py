"""dashboard_api/cli: the command line, the demo, the installation."""
