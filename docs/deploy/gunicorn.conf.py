"""gunicorn in front of pbudget: `gunicorn --config docs/deploy/gunicorn.conf.py 'app:create_app()'` in the checkout.

Two workers with eight threads serve a borough on two cores. Behind nginx or Caddy, which take the slow clients.
"""

import gc

from pbudget.db import db

bind = "127.0.0.1:8000"
workers = 2
worker_class = "gthread"
threads = 8
timeout = 30  # seconds without a sign of life, after which a worker is ended and another started
graceful_timeout = 25  # seconds to finish what is under way when the service is stopped
keepalive = 5
backlog = 1024
limit_request_line = 2048
limit_request_fields = 50
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1,::1"
umask = 0o077
accesslog = None  # pbudget writes its own line a request, without address and query
errorlog = "-"
loglevel = "warning"
preload_app = True  # the application is loaded once; the workers share its memory


def when_ready(server):
    """Load what only some requests need, then keep the collector off it, so that workers do not copy it."""
    server.app.wsgi().test_client().get("/ready")
    gc.collect()
    gc.freeze()


def post_fork(server, worker):
    """Every worker opens database connections of its own."""
    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)
