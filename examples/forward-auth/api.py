#!/usr/bin/env python3
"""An API without code for logins: a proxy in front asks Latchkey, and sends the user of each request in X-Auth-*.

    python3 api.py [PORT]

It listens on 127.0.0.1 only. A client that reaches it without the proxy could claim to be any user.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/headers":  # returns the headers that arrive, to debug the proxy
            return self.answer(200, {"headers": self.headers.items()})
        user_id = self.user_id()
        if user_id is None:
            return
        self.answer(200, {
            "user": {"id": user_id, "email": unquote(self.headers["X-Auth-User-Email"])},
            "session": self.headers["X-Auth-Session-Id"],
            "token": self.headers["X-Auth-Token-Id"],
            "scopes": (self.headers["X-Auth-Scopes"] or "").split(),  # nginx drops empty headers
            "methods": self.headers["X-Auth-Methods"].split(),
        })

    def do_POST(self):
        user_id = self.user_id()
        if user_id is None:
            return
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.answer(201, {"by": user_id, "bytes": len(body)})

    def do_DELETE(self):
        # The proxy asks Latchkey with fresh=1, so the user proved their identity recently. If not, the client gets 403
        # reauthentication_required, sends the password to POST /auth/reauthenticate, and repeats the request.
        user_id = self.user_id()
        if user_id is not None:
            self.answer(200, {"deleted_by": user_id})

    def user_id(self):
        """Returns the id of the user. The proxy sends it with every request; without it the answer is an error."""
        user_id = self.headers["X-Auth-User-Id"]
        if not user_id:
            self.answer(500, {"error": "no proxy in front"})
        return user_id or None

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


port = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
ThreadingHTTPServer(("127.0.0.1", port), Api).serve_forever()
