"""Which sound of a camera is kept, and where its pieces lie in time. Reads FFmpeg's packets."""

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from ingest.cameras.access_unit import TIMESCALE, AudioParameters
from ingest.cameras.assembler import CodedSound

KEPT = frozenset({"aac", "pcm_alaw", "pcm_mulaw"})
_ASSUMED_DURATION = TIMESCALE // 50
_LONGEST_DURATION = 10 * TIMESCALE


def find_sound(
    container: InputContainer,
) -> tuple[AudioStream | None, AudioParameters | None, str]:
    """Return the stream that is kept and what it is, or why none is: its codec's name."""
    if not container.streams.audio:
        return None, None, ""
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None or context.name not in KEPT:
        return None, None, "an unknown codec" if context is None else context.name
    parameters = AudioParameters(
        context.name, context.sample_rate, context.layout.nb_channels, context.extradata or b""
    )
    whole = parameters.sample_rate > 0 and parameters.channels > 0 and stream.time_base
    if not whole or (parameters.codec == "aac" and not parameters.config):
        return None, None, f"{parameters.codec} without its parameters"
    return stream, parameters, ""


def coded_sound(packet: "Packet[Stream]", per_tick: float) -> CodedSound | None:
    """Return a packet's sound in 90 kHz ticks; None for one without a time."""
    stamp = packet.dts if packet.dts is not None else packet.pts
    if stamp is None or not packet.size:
        return None
    duration = round((packet.duration or 0) * per_tick)
    if not 0 < duration < _LONGEST_DURATION:
        duration = _ASSUMED_DURATION
    return CodedSound(round(stamp * per_tick), duration, bytes(packet))
