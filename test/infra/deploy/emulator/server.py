"""moto's server on a free port, which it prints. It ends when its standard input does."""

import os
import sys
import threading

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from emulator import missing_resources  # noqa: F401  (what it defines, moto finds)
from emulator import corrections, policy_simulation


class QuietRequestHandler(MotoRequestHandler):
    """Leaves out the line for each request, whose pipe nobody might read."""

    def log_request(self, code="-", size="-"):
        pass


corrections.add()
policy_simulation.add()
server = make_server(
    "127.0.0.1",
    0,
    DomainDispatcherApplication(create_backend_app),
    threaded=True,
    request_handler=QuietRequestHandler,
)
os.environ["MOTO_PORT"] = str(server.port)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.port, flush=True)
sys.stdin.read()
