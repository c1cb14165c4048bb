"""The data model that every room shares.

Network weights are not here: they are pinned in vision/weights.toml.
"""
