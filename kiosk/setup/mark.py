"""A QR code in letters, two rows of it a line, for a label that is printed. Knows no label."""

BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
"""Dark above, dark below -> what is printed, dark on paper."""

BORDER = 2
"""Modules of quiet around it; the label's paper is the rest."""


def draw(text: str) -> list[str]:
    """The lines of the code; none where its library is not installed."""
    try:
        from qrcode.constants import ERROR_CORRECT_L
        from qrcode.main import QRCode
    except ImportError:
        return []
    code = QRCode(error_correction=ERROR_CORRECT_L, border=BORDER)
    code.add_data(text)
    code.make(fit=True)
    rows = [[bool(module) for module in row] for row in code.get_matrix()]
    rows.append([False] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=False)
    return ["".join(BLOCKS[pair] for pair in zip(*two, strict=True)).rstrip() for two in pairs]
