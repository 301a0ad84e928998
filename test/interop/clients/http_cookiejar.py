"""http.cookiejar, kept in a file. Lines in: a command and an origin; lines out: the body of the answer."""

import json
import os
import sys
from http.cookiejar import LWPCookieJar
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

jar = LWPCookieJar(sys.argv[1])
if os.path.exists(jar.filename):
    jar.load()
opener = build_opener(HTTPCookieProcessor(jar))


def send(request):
    try:
        with opener.open(request) as answer:
            return answer.read().decode()
    except HTTPError as refusal:
        return refusal.read().decode()
    finally:
        jar.save()


def log_in(origin, remember):
    body = {"email": "ada@example.com", "password": "correct horse battery", "remember": remember}
    headers = {"Content-Type": "application/json"}
    return send(Request(f"{origin}/auth/login", json.dumps(body).encode(), headers))


def show_user(origin):
    return send(Request(f"{origin}/auth/user"))


def log_out(origin):
    return send(Request(f"{origin}/auth/logout", method="POST"))


commands = {
    "login": lambda origin: log_in(origin, False),
    "remember": lambda origin: log_in(origin, True),
    "user": show_user,
    "logout": log_out,
}
for line in sys.stdin:
    command, origin = line.split()
    print(commands[command](origin), flush=True)
