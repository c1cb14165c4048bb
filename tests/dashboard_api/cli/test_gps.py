"""./ahual gps decode: what a device sent, line by line, as JSON; ./ahual gps replay-raw."""

import io
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from dashboard_api.cli.commands import app
from dashboard_api.cli.gps import chosen_transport, decode, moment, report
from ingest.gps.replay import Outcome
from ingest.simulated import encoders, nmea_encoder
from models.kit.clock import ManualClock
from models.kit.errors import InvalidInput
from models.observations import PositionFix

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
IMEI = "356307042441013"
FIX = PositionFix(IMEI, NOW, 43.2383, 76.9453, speed_km_h=61, course_deg=270, satellites=9)


def decoded(protocol: str, *lines: str, udp: bool = False, **options: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    spoken = (protocol, chosen_transport(protocol, udp=udp))
    options.setdefault("hexadecimal", False)
    decode(io.StringIO("\n".join(lines)), out, spoken, ManualClock(NOW), **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_lines_of_a_connection_are_read_in_order() -> None:
    login = encoders.wialon_login(IMEI).decode().strip()
    data = encoders.wialon_data(FIX).decode().strip()
    answered, fix, acknowledged, rejected, doubted, refused = decoded(
        "wialon", login, "", data, "#SD#1;2"
    )
    assert doubted["warning"] == "checksum"
    assert answered == {
        "message": 1,
        "device": IMEI,
        "answer": "#AL#1",
        "answer_hex": "23414c23310d0a",
    }
    assert (fix["message"], fix["device"], fix["fixed_at"]) == (2, IMEI, "2026-03-19T07:00:00Z")
    assert (fix["lat"], fix["lon"], fix["speed_km_h"], fix["course"], fix["valid"]) == (
        43.2383, 76.9453, 61, 270, True,
    )  # fmt: skip
    assert acknowledged["answer"] == "#AD#1"
    assert (rejected["rejected"], rejected["detail"][-1]) == ("malformed", ".")
    assert refused["answer"] == "#ASD#-1"


def test_binary_messages_come_as_hexadecimal_digits() -> None:
    packet = encoders.teltonika_packet([FIX]).hex(" ")
    login, fix, answer = decoded(
        "teltonika", encoders.teltonika_login(IMEI).hex(), packet, hexadecimal=True
    )
    assert login == {"message": 1, "device": IMEI, "answer_hex": "01"}
    assert (fix["lat"], fix["satellites"]) == (43.2383, 9)
    assert answer["answer_hex"] == "00000001"
    datagram = encoders.teltonika_datagram(IMEI, [FIX, FIX], packet=5).hex()
    *_, acknowledged = decoded("teltonika", datagram, udp=True, hexadecimal=True)
    assert acknowledged["answer_hex"] == "00050005010502"
    half = packet[:60]
    (waiting,) = decoded("teltonika", half, hexadecimal=True, device=IMEI)
    assert "waiting" in waiting


def test_a_phones_request_is_read_as_it_stands_in_a_log() -> None:
    query = encoders.osmand_query(FIX)
    for line in (
        query,
        f"/?{query}",
        f"http://centre:5055/?{query}",
        f"GET /?{query} HTTP/1.1",
        json.dumps(encoders.osmand_json(FIX)),
    ):
        (fix,) = decoded("osmand", line)
        assert (fix["device"], fix["lat"]) == (IMEI, 43.2383)


def test_what_is_held_back_and_what_is_doubtful_is_told() -> None:
    gga = nmea_encoder.nmea_gga(FIX).decode().strip()
    first, second = decoded("nmea", f"van-7,{gga[:-2]}00")
    assert first == {"message": 1, "device": "van-7", "warning": "checksum"}
    assert (second["message"], second["satellites"]) == (1, 9)
    (passed,) = decoded("nmea", "van-7,$GPGSV,1,1,00")
    assert passed == {"message": 1, "device": "van-7", "understood": True}
    refused, *_ = decoded("nmea", f"van-7,{gga[:-2]}00", strict=True)
    assert refused["rejected"] == "checksum"


def test_from_the_command_line() -> None:
    runner = CliRunner()
    login = encoders.wialon_login("van").decode()
    done = runner.invoke(app, ["gps", "decode", "wialon"], input=login)
    assert (done.exit_code, json.loads(done.stdout)["answer"]) == (0, "#AL#1")
    for arguments, said in (
        (["morse"], "There is no protocol morse"),
        (["galileosky", "--udp"], "not read over UDP"),
        (["teltonika", "--hex"], "Message 1 is not hexadecimal: #L#"),
    ):
        wrong = runner.invoke(app, ["gps", "decode", *arguments], input=login)
        assert wrong.exit_code == 2
        assert said in wrong.output
    wrong = runner.invoke(app, ["gps", "replay-raw", "--from", "yesterday"])
    assert (wrong.exit_code, "yesterday is no time" in wrong.output) == (2, True)


def test_times_of_the_command_line_are_utc_unless_they_say_else() -> None:
    assert moment("2026-03-19T07:00") == moment("2026-03-19T12:00+05:00") == NOW
    assert moment(None) is None
    with pytest.raises(InvalidInput):
        moment("7 o'clock")


def test_a_replay_is_told_in_sentences() -> None:
    outcome = Outcome(messages=5, conversations=2, new=3, rejected=Counter(malformed=1))
    told = report(outcome, dry_run=True)
    assert told[1].startswith("3 positions new, would be stored; 0 as stored")
    assert told[-1] == "rejected still: malformed 1"


@pytest.mark.postgis
def test_raw_messages_are_replayed_from_the_command_line(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AHUAL_DATABASE_URL", database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO raw_message (received_at, session_id, number, protocol, transport, device,"
            " payload) VALUES (now() - interval '1 hour', gen_random_uuid(), 0, 'osmand', 'http',"
            " 'van-9', 'id=van-9&lat=43&lon=76')"
        )
    done = CliRunner().invoke(app, ["gps", "replay-raw", "--dry-run", "--protocol", "osmand"])
    assert done.exit_code == 0
    assert "1 messages of 1 conversations read again" in done.stdout
    assert "rejected still: unknown_device 1" in done.stdout
