"""What can go wrong with a camera that is asked by ONVIF."""

from models.kit.errors import Conflict


class OnvifFault(Conflict):
    """The camera does not do what was asked; the message is fit for a person."""


class OnvifRefused(OnvifFault):
    """The camera refuses this user and password."""
