"""The three flows, end to end, over the real processes that ./ahual demo runs."""
