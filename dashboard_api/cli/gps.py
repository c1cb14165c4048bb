"""./ahual gps …: what devices send, for whoever sets them up or mends a decoder."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TextIO

import typer

from dashboard_api.cli import installation
from ingest.gps.decoders.table import BY_NAME, Transport
from ingest.gps.replay import Outcome, Replay, Wanted
from ingest.gps.transcript import Conversation, told, typed
from models.kit.clock import Clock, SystemClock
from models.kit.database import Database
from models.kit.errors import CentreError, InvalidInput
from models.kit.settings import load

gps_app = typer.Typer(no_args_is_help=True, help="GPS devices: what they send and sent.")


@gps_app.command("decode")
def decode_command(
    protocol: Annotated[str, typer.Argument(help=f"One of: {', '.join(BY_NAME)}.")],
    file: Annotated[Path | None, typer.Argument(help="Default: what is typed or piped in.")] = None,
    *,
    hexadecimal: Annotated[bool, typer.Option("--hex", help="Lines are hexadecimal.")] = False,
    udp: Annotated[bool, typer.Option("--udp", help="Each line is a datagram.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse wrong checksums.")] = False,
    device: Annotated[str | None, typer.Option(help="Whose it is, if no line says so.")] = None,
) -> None:
    """Decode what a device sent, one message a line in the order of its connection."""
    try:
        transport = chosen_transport(protocol, udp=udp)
        with sys.stdin if file is None else file.open(encoding="utf-8") as lines:
            decode(
                lines,
                sys.stdout,
                (protocol, transport),
                SystemClock(),
                hexadecimal=hexadecimal,
                strict=strict,
                device=device,
            )
    except (CentreError, OSError, UnicodeDecodeError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def chosen_transport(protocol: str, *, udp: bool) -> Transport:
    """Return the transport of a protocol.

    Raises:
        InvalidInput: there is no such protocol, or it is not spoken over UDP.
    """
    if protocol not in BY_NAME:
        raise InvalidInput(f"There is no protocol {protocol}; there are {', '.join(BY_NAME)}.")
    readings = BY_NAME[protocol].readings
    if udp and "udp" not in readings:
        raise InvalidInput(f"{protocol} is not read over UDP.")
    return "udp" if udp else next(iter(readings))


def decode(
    lines: TextIO,
    out: TextIO,
    spoken: tuple[str, Transport],
    clock: Clock,
    *,
    hexadecimal: bool,
    strict: bool = False,
    device: str | None = None,
) -> None:
    """Write what each line holds as JSON lines.

    Raises:
        InvalidInput: a line is not hexadecimal.
    """
    protocol, transport = spoken
    conversation = Conversation(BY_NAME[protocol].readings[transport], device=device, strict=strict)
    number = 0
    for line in lines:
        if not line.strip():
            continue
        number += 1
        try:
            raw = typed(line, transport, hexadecimal=hexadecimal)
        except ValueError as error:
            raise InvalidInput(
                f"Message {number} is not hexadecimal: {line.strip()[:60]}"
            ) from error
        messages = conversation.read(raw, clock.now())
        for message in messages:
            _write(out, told(number, message))
        if not messages:
            _write(out, [{"message": number, "waiting": "the message has not ended yet"}])
    for message in conversation.end():
        _write(out, told(number, message))


def _write(out: TextIO, lines: list[dict[str, object]]) -> None:
    for line in lines:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")


@gps_app.command("replay-raw")
def replay_command(
    *,
    starts: Annotated[str | None, typer.Option("--from", help="ISO 8601; default: all.")] = None,
    ends: Annotated[str | None, typer.Option("--to", help="ISO 8601; default: now.")] = None,
    device: Annotated[str | None, typer.Option(help="Only what this device sent.")] = None,
    protocol: Annotated[str | None, typer.Option(help="Only this protocol.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing, only say.")] = False,
    amend: Annotated[bool, typer.Option("--amend", help="Change stored ones that differ.")] = False,
) -> None:
    """Read kept raw messages again with today's decoders; store what is new, once."""
    clock = SystemClock()
    try:
        settings = load()
        if protocol is not None:
            chosen_transport(protocol, udp=False)
        now = clock.now()
        wanted = Wanted(
            starts_at=moment(starts) or now - timedelta(days=settings.raw_messages_keep_days + 1),
            ends_at=moment(ends) or now,
            device=device,
            protocol=protocol,
        )

        async def run() -> Outcome:
            database = Database(installation.database_url(settings))
            try:
                replay = Replay(
                    database,
                    clock,
                    wanted,
                    dry_run=dry_run,
                    amend=amend,
                    strict=settings.gps_checksum_strict,
                )
                return await replay.run()
            finally:
                await database.close()

        outcome = asyncio.run(run())
    except (CentreError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    for line in report(outcome, dry_run=dry_run, amend=amend):
        typer.echo(line)


def moment(text: str | None) -> datetime | None:
    """Return the time of a command line; without an offset it is UTC.

    Raises:
        InvalidInput: not ISO 8601.
    """
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{text} is no time; write 2026-03-19T07:00:00Z.") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def report(outcome: Outcome, *, dry_run: bool, amend: bool = False) -> list[str]:
    """Return what a replay did, in sentences."""
    would = "would be stored" if dry_run else "stored"
    left = "amended" if amend and not dry_run else "left as they are"
    lines = [
        f"{outcome.messages} messages of {outcome.conversations} conversations read again",
        f"{outcome.new} positions new, {would}; {outcome.same} as stored;"
        f" {outcome.different} differ from what is stored, {left}",
        f"{outcome.mended} messages once rejected are read now",
    ]
    lines += [f"rejected still: {reason} {n}" for reason, n in outcome.rejected.most_common()]
    lines += [
        f"differs: {fix.device} {stored.fixed_at.isoformat()} stored {stored.latitude:.6f}"
        f" {stored.longitude:.6f} {stored.speed_km_h} km/h, read {fix.latitude:.6f}"
        f" {fix.longitude:.6f} {fix.speed_km_h} km/h"
        for stored, fix in outcome.examples
    ]
    return lines
