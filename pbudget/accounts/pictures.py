"""The picture that an authenticator app scans."""

import io

import segno


def authenticator_picture(uri: str) -> str:
    """A QR code of an `otpauth://` address, dark on white with its quiet zone, as the text of an SVG."""
    drawn = io.BytesIO()
    segno.make(uri, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff", xmldecl=False, nl=False)
    return drawn.getvalue().decode("utf-8")
