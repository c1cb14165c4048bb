"""The error of a weight file that a runtime cannot load or run."""

from models.kit.errors import SettingsError


class BrokenWeights(SettingsError):
    """The runtime cannot make a network of these bytes, or not one that takes our input."""

    type = "broken-weights"

    def __init__(self, runtime: str, cause: Exception) -> None:
        said = " ".join(str(cause).split()) or type(cause).__name__
        super().__init__(
            f"{runtime} cannot use the weight file ({said[:200]}); "
            "restore the file, choose other weights with AHUAL_VISION_WEIGHTS, or another runtime "
            "with AHUAL_VISION_DETECTOR"
        )
