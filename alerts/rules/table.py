"""Every rule of the product, by the kind of facts that it judges."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from alerts.facts import (
    AreaFacts,
    CameraFacts,
    ClosedOfficeFacts,
    HallFacts,
    NodeFacts,
    OfficeFacts,
    QueueFacts,
    StorageFacts,
    VanFacts,
    VisionFacts,
    WindowFacts,
)
from alerts.rules.area_entered import AreaEntered
from alerts.rules.base import Rule
from alerts.rules.camera_blind import CameraBlind
from alerts.rules.camera_silent import CameraSilent
from alerts.rules.hall_crowded import HallCrowded
from alerts.rules.node_down import NodeDown
from alerts.rules.office_offline import OfficeOffline
from alerts.rules.people_after_hours import PeopleAfterHours
from alerts.rules.queue_too_long import QueueTooLong
from alerts.rules.recording_disk import RecordingDisk
from alerts.rules.recording_stopped import RecordingStopped
from alerts.rules.van_moves import VAN_RULES
from alerts.rules.vision_down import VisionDown
from alerts.rules.window_unstaffed import WindowUnstaffed

RULES: Mapping[type, tuple[Rule[Any], ...]] = MappingProxyType(
    {
        QueueFacts: (QueueTooLong(),),
        HallFacts: (HallCrowded(),),
        AreaFacts: (AreaEntered(),),
        ClosedOfficeFacts: (PeopleAfterHours(),),
        WindowFacts: (WindowUnstaffed(),),
        CameraFacts: (CameraSilent(), CameraBlind()),
        OfficeFacts: (OfficeOffline(),),
        NodeFacts: (NodeDown(),),
        VisionFacts: (VisionDown(),),
        StorageFacts: (RecordingStopped(), RecordingDisk()),
        VanFacts: VAN_RULES,
    }
)
