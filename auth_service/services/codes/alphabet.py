"""The text of a code: Crockford's base 32 in groups of five, which people can read out, type and mistype."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 5  # of a character
GROUP = 5
LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", "-": None, " ": None})


def written(digest: bytes, *, length: int) -> str:
    """The first bits of `digest` as a text of `length` characters, in groups.

    Each character has the same probability, since the alphabet's size is a power of two.
    """
    bits = int.from_bytes(digest) >> (len(digest) * 8 - length * BITS)
    text = "".join(ALPHABET[bits >> BITS * place & 31] for place in reversed(range(length)))
    return "-".join(text[start : start + GROUP] for start in range(0, length, GROUP))


def normalised(typed: str) -> str:
    """What a person typed, without groups, in upper case, and with look-alikes replaced by what they look like."""
    return typed.upper().translate(LOOK_ALIKES)
