"""What a camera's ONVIF notifications mean. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.observations import NoticeKind

_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})
_SIGNS: tuple[tuple[str, NoticeKind, tuple[str, ...]], ...] = (  # end of topic, meaning, its item
    ("tamperdetector/tamper", NoticeKind.TAMPER, ("istamper",)),
    ("videosource/globalscenechange", NoticeKind.TAMPER, ("state",)),
    ("videosource/imagetoodark", NoticeKind.TAMPER, ("state",)),
    ("videosource/imagetoobright", NoticeKind.TAMPER, ("state",)),
    ("videosource/imagetooblurry", NoticeKind.TAMPER, ("state",)),
    ("videosource/signalloss", NoticeKind.VIDEO_LOSS, ("state",)),
    ("videosource/videoloss", NoticeKind.VIDEO_LOSS, ("state",)),
    ("videosource/motionalarm", NoticeKind.MOTION, ("state",)),
    ("cellmotiondetector/motion", NoticeKind.MOTION, ("ismotion",)),
    ("motionregiondetector/motion", NoticeKind.MOTION, ("state", "ismotion")),
    ("trigger/digitalinput", NoticeKind.DIGITAL_INPUT, ("logicalstate", "state")),
)
_SERVICES = frozenset({"imagingservice", "analyticsservice", "recordingservice"})
_TOKENS = ("inputtoken", "token", "rule", "source", "videosourcetoken")
_PARTS = ("videosourceconfigurationtoken", "videoanalyticsconfigurationtoken")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that a camera says of itself: it begins, or it is over.

    ``source`` is the camera's name of the part that noticed it, empty where it tells none.
    """

    kind: NoticeKind
    source: str
    active: bool


def sign_of(topic: str, values: Mapping[str, str]) -> Sign | None:
    """Return what a notification says; None where it is nothing that we keep."""
    steps = [step.rpartition(":")[2].lower() for step in topic.strip().split("/") if step]
    if steps and steps[-1] in _SERVICES:  # who in the camera says it
        steps.pop()
    place = "/".join(steps)
    given = {name.lower(): value.strip() for name, value in values.items()}
    for end, kind, items in _SIGNS:
        if place == end or place.endswith(f"/{end}"):
            told = next((given[item].lower() for item in items if item in given), "")
            if told in _TRUE | _FALSE:
                source = next((given[name] for name in (*_TOKENS, *_PARTS) if given.get(name)), "")
                return Sign(kind, source[:_LONGEST], told in _TRUE)
    return None
