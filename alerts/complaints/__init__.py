"""1414 complaints: intake, resolver, workflow, clocks, card."""
