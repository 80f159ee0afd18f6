"""What a JPEG file is made of (ITU-T T.81, annex B): to tell a bare picture from one with a passenger."""

_START, _END, _SCAN, _JFIF = 0xD8, 0xD9, 0xDA, 0xE0
# Tables, the frame, the scan, restart intervals, and the header of JFIF. Not: comments, Exif, profiles.
_NEEDED = {0xDB, 0xC4, 0xDD, _JFIF, _SCAN, *(0xC0, 0xC1, 0xC2)}
# The header without the small picture that it may carry, and under no other name.
_JFIF_HEADER = b"\x00\x10JFIF\x00"
_RESTARTS = range(0xD0, 0xD8)


def is_bare(data: bytes) -> bool:
    """Say whether the file holds its picture and nothing else: no metadata, nothing behind its end."""
    if data[:2] != bytes((0xFF, _START)):
        return False
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:  # noqa: PLR2004
        marker = data[place + 1]
        if marker not in _NEEDED:
            return False
        if marker == _JFIF and not data.startswith(_JFIF_HEADER, place + 2):
            return False
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == _SCAN:
            place = _end_of_scan(data, place)
        if data[place:] == bytes((0xFF, _END)):
            return True
    return False


def _end_of_scan(data: bytes, place: int) -> int:
    while (found := data.find(b"\xff", place)) >= 0:
        following = data[found + 1 : found + 2]
        # A byte 0xFF of the picture is written with a zero behind it.
        if following and following[0] != 0 and following[0] not in _RESTARTS:
            return found
        place = found + 2
    return len(data)
