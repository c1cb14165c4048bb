import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.onvif.notices import Sign, sign_of
from models.observations import NoticeKind

T, M, D, V = NoticeKind.TAMPER, NoticeKind.MOTION, NoticeKind.DIGITAL_INPUT, NoticeKind.VIDEO_LOSS


@pytest.mark.parametrize(
    ("topic", "values", "sign"),
    [
        (
            "tns1:RuleEngine/TamperDetector/Tamper",
            {"VideoSourceConfigurationToken": "v1", "Rule": "MyTamper", "IsTamper": "true"},
            Sign(T, "MyTamper", True),
        ),
        (
            "tns1:VideoSource/GlobalSceneChange/ImagingService",
            {"Source": "vs0", "State": "false"},
            Sign(T, "vs0", False),
        ),
        ("tns1:VideoSource/ImageTooDark/AnalyticsService", {"State": "1"}, Sign(T, "", True)),
        ("tns1:VideoSource/MotionAlarm", {"Source": "0", "State": "true"}, Sign(M, "0", True)),
        ("tns1:RuleEngine/CellMotionDetector/Motion", {"IsMotion": "0"}, Sign(M, "", False)),
        (
            "tns1:Device/Trigger/DigitalInput",
            {"InputToken": "in-1", "LogicalState": "true"},
            Sign(D, "in-1", True),
        ),
        ("tns1:VideoSource/tnsx:SignalLoss", {"State": "true"}, Sign(V, "", True)),
        ("tns1:VideoSource/MotionAlarm", {"State": "perhaps"}, None),
        ("tns1:VideoSource/MotionAlarm", {}, None),
        ("tns1:Monitoring/ProcessorUsage", {"Value": "7"}, None),
        ("", {}, None),
    ],
)
def test_what_a_notification_means(topic: str, values: dict[str, str], sign: Sign | None) -> None:
    assert sign_of(topic, values) == sign


@given(topic=st.text(max_size=80), values=st.dictionaries(st.text(), st.text(), max_size=4))
def test_noise_means_nothing(topic: str, values: dict[str, str]) -> None:
    assert sign_of(topic, values) is None
