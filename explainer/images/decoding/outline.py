"""What a picture needs to be decoded, worked out from its size alone."""

from dataclasses import dataclass

from explainer.images.decoding.limits import LIMITS

PROCESS_BYTES = 40_000_000


@dataclass(frozen=True)
class Outline:
    """Width and height as the header gives them, and the bytes a pixel takes while it is decoded.

    The bytes are the highest sum of the buffers of a decoder and of its results over all modes of
    the format, measured, and about a fifth more.
    """

    width: int = 0
    height: int = 0
    bytes_per_pixel: int = 9

    @property
    def pixels(self) -> int:
        """The pixels to make room for: none where they are too many, since these are refused."""
        pixels = self.width * self.height
        return pixels if pixels <= LIMITS.pixels else 0

    def memory(self, file_bytes: int) -> int:
        """The bytes that a process needs to decode a file of ``file_bytes``."""
        needed = PROCESS_BYTES + 3 * file_bytes + self.pixels * self.bytes_per_pixel
        return min(needed, LIMITS.memory_bytes)

    def cpu_seconds(self) -> float:
        """The processor time that decoding may take."""
        return LIMITS.cpu_seconds + self.pixels / 1e6 * LIMITS.cpu_seconds_a_megapixel
