"""An app with Authlib: it prints the URL for the browser, reads the callback, and uses its tokens."""
import json
import os
import sys

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # http://127.0.0.1

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

issuer, client_id, client_secret, redirect_uri = sys.argv[1:5]
server = requests.get(issuer + "/.well-known/openid-configuration").json()
session = OAuth2Session(
    client_id,
    client_secret,
    scope="openid email offline_access read",
    redirect_uri=redirect_uri,
    code_challenge_method="S256",
)
verifier = generate_token(48)
url, state = session.create_authorization_url(server["authorization_endpoint"], code_verifier=verifier)
print(url, flush=True)
callback = sys.stdin.readline().strip()
api = issuer + "/verify?scope=read"
token = session.fetch_token(server["token_endpoint"], authorization_response=callback, code_verifier=verifier, state=state)
userinfo = session.get(server["userinfo_endpoint"]).json()
first = session.get(api).status_code
refreshed = session.refresh_token(server["token_endpoint"], refresh_token=token["refresh_token"])
second = session.get(api).status_code
asked = session.introspect_token(server["introspection_endpoint"], token=refreshed["access_token"]).json()
session.revoke_token(server["revocation_endpoint"], token=refreshed["refresh_token"])
third = session.get(api).status_code
print(json.dumps({"email": userinfo["email"], "statuses": [first, second, third], "active": asked["active"]}))
