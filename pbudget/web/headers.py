"""Security headers of every response, Flask-Talisman wrapped in one place."""

from http import HTTPStatus

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_talisman import Talisman
from itsdangerous import URLSafeTimedSerializer

from pbudget.config import Settings

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
PERMISSIONS_POLICY = {
    "browsing-topics": "()",
    "camera": "()",
    "geolocation": "()",
    "microphone": "()",
    "payment": "()",
    "usb": "()",
}
ONE_YEAR = 31_536_000


def init_headers(app: Flask, settings: Settings) -> None:
    """Send the headers with every response, HSTS and Secure cookies only where the public address is https."""
    Talisman(
        app,
        content_security_policy=CONTENT_SECURITY_POLICY,
        permissions_policy=PERMISSIONS_POLICY,
        frame_options="DENY",
        referrer_policy="same-origin",
        force_https=False,  # the proxy in front does that; see docs/operations.md
        strict_transport_security=settings.https,
        strict_transport_security_max_age=ONE_YEAR,
        session_cookie_secure=settings.https,
    )
    app.session_interface = SessionsKeptPrivate()
    app.after_request(_isolate_and_cache)


class SessionsKeptPrivate(SecureCookieSessionInterface):
    """Flask's signed cookie; a page that depends on it (a form's token, a sign-in) is stored nowhere."""

    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Flask's, made once instead of with every request: an application has one secret as long as it runs."""
        self._serializer = self._serializer or super().get_signing_serializer(app)
        return self._serializer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save as Flask does, which says `Vary: Cookie` on every response that read the session."""
        super().save_session(app, session, response)
        if "Cookie" in response.vary:
            response.headers["Cache-Control"] = "no-store"
            response.headers.pop("ETag", None)


def _isolate_and_cache(response: Response) -> Response:
    """Same-origin isolation; a page is checked by its ETag each time it is shown again."""
    if response.location and "://" in response.location and response.location.startswith(request.host_url):
        response.location = "/" + response.location.removeprefix(request.host_url)  # never what a Host header claims
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.vary.add("HX-Request")
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
        if response.status_code == HTTPStatus.OK and not response.is_streamed:
            response.add_etag()
            response.make_conditional(request)
    return response
