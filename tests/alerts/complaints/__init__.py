"""alerts/complaints/: intake, clocks, workflow, card."""
