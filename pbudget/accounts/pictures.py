"""The picture that an authenticator app scans."""

import segno


def authenticator_picture(uri: str) -> str:
    """A QR code of an `otpauth://` address as a `data:` address of an SVG, so that it is in no cache and no log."""
    return segno.make(uri, error="m").svg_data_uri(scale=5, border=4)
