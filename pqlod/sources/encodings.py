"""Puts right text that was UTF-8 and was read as Windows-1252 or Latin-1: a pound sign that became "Â£", a quote "â€™"."""

import re

NO_CHARACTER = "\ufffd"  # stands where a character was lost
# Each character that the bytes 80 to BF become, and the byte; the five that Windows-1252 lacks become control characters.
_SECOND = {bytes([byte]).decode("cp1252", "replace").replace(NO_CHARACTER, chr(byte)): byte for byte in range(0x80, 0xC0)}
_SECOND |= {chr(byte): byte for byte in range(0x80, 0xC0)}  # in Latin-1, which has no others
_ANY = "[" + "".join(map(re.escape, _SECOND)) + "]"
# Only what becomes a Latin letter, a sign or punctuation. Any more, and words in quotes such as “CAFÉ” would be taken for damage.
_DAMAGE = re.compile(f"[ÂÃ]{_ANY}|â[€\x80‚\x82„\x84]{_ANY}")
MOST_TIMES = 2  # that one text was damaged so


def repaired(text: str) -> str:
    """The text as it was; the same one if nothing in it is damaged, which is found out quickly."""
    for _ in range(MOST_TIMES):
        if text.isascii() or (better := _DAMAGE.sub(_restored, text)) == text:
            break
        text = better
    return text


def _restored(match: re.Match[str]) -> str:
    whole = match[0]
    return bytes([ord(whole[0]), *(_SECOND[character] for character in whole[1:])]).decode()
