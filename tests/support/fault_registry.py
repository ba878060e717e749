#!/usr/bin/env python3
"""fault_registry.py BACKEND RULES LOG PORTFILE [KEYS]

A registry with faults: passes requests on to the one at BACKEND (HOST:PORT) but for those that a rule catches. Listens
on a loopback port of its own, which it writes to PORTFILE. RULES is read anew for each request, a rule a line:
    COUNT REGEX ACTION [ARGUMENT] [#SERIAL]
catches the first COUNT requests whose "METHOD PATH" matches REGEX; the serial tells it from a like one before. Actions:
    cut BYTES        says how long the body is, sends so much of it and closes the connection
    status CODE[,NAME=VALUE]  answers so, with this header
    garble           changes a byte of the body
    slow             sends a byte every half second
    longer           sends more bytes than there are
    unauthorized     answers 401 and points to a token service, /token
    expired          the same, and so does every later request that comes with the same token
    headers          answers with headers without end
    redirect URL     sends the client to URL with its path
    whole            passes on without the Range header
    hang             passes on, but waits a second before it does
    lose             passes on half of the request's body and closes the connection; tells how much of it there is when
                     it is asked for the place, which docker-registry itself does not after a cut
The token service gives a token that means nothing to everybody. With KEYS, a directory with key.pem and the certificate
cert.pem, it gives those that a registry takes which trusts the certificate, the issuer "tests" and the service "test":
to pull to everybody, to push to the user "me" with the password "pass", nothing to who has another password.
LOG gets a line for each request: METHOD PATH, its Range and Content-Range and the scheme of its Authorization."""
import base64
import http.client
import http.server
import json
import os
import re
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

BACKEND, RULES, LOG, PORTFILE = sys.argv[1:5]
KEYS = sys.argv[5] if len(sys.argv) > 5 else ""
used = {}
spent = set()  # tokens that are good for nothing any more
lost = {}  # by the path of an upload: its new place, and the last byte that is there
lock = threading.Lock()


def rule_for(request):
    """The action and its argument for "METHOD PATH", or two times nothing."""
    with lock, open(RULES, encoding="utf-8") as rules:
        for line in rules:
            words = line.split()
            if len(words) < 3 or not re.search(words[1], request):
                continue
            if used.get(line, 0) < int(words[0]):
                used[line] = used.get(line, 0) + 1
                return words[2], words[3] if len(words) > 3 and words[3][0] != "#" else ""
    return "", ""


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def signed_token(scopes, user):
    """A JSON web token as distribution's "Token Authentication Specification" has it, for what the user may do."""
    access = []
    for scope in scopes:
        kind, _, rest = scope.partition(":")
        name, _, actions = rest.rpartition(":")
        granted = [action for action in actions.split(",") if action == "pull" or user]
        access.append({"type": kind, "name": name, "actions": granted})
    with open(os.path.join(KEYS, "cert.pem"), encoding="ascii") as cert:
        chain = [base64.b64encode(ssl.PEM_cert_to_DER_cert(cert.read())).decode()]
    now = int(time.time())
    claims = {"iss": "tests", "sub": user, "aud": "test", "iat": now, "nbf": now - 10, "exp": now + 300,
              "jti": os.urandom(8).hex(), "access": access}
    head = {"typ": "JWT", "alg": "RS256", "x5c": chain}
    text = b".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", os.path.join(KEYS, "key.pem")], input=text,
                               stdout=subprocess.PIPE, check=True).stdout
    return (text + b"." + base64url(signature)).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self):
        with lock, open(LOG, "a", encoding="utf-8") as log:
            print(self.command, self.path, "range=" + self.headers.get("Range", ""),
                  "part=" + self.headers.get("Content-Range", ""), "auth=" + self.headers.get("Authorization", "").split(" ")[0], file=log)

    def answer(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def request_body(self, share=1.0):
        length = int(self.headers.get("Content-Length", "0"))
        return self.rfile.read(int(length * share))

    def give_token(self):
        token, user = "t0ken", ""
        if KEYS:
            scheme, _, login = self.headers.get("Authorization", "").partition(" ")
            if scheme:
                user, _, password = base64.b64decode(login).decode().partition(":")
                if (user, password) != ("me", "pass"):
                    return self.answer(401)
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            scopes = [scope for words in query.get("scope", []) for scope in words.split(" ")]
            token = signed_token(scopes, user)
        return self.answer(200, [("Content-Type", "application/json")],
                           json.dumps({"token": token, "expires_in": 300}).encode())

    def want_token(self):
        port = self.server.server_address[1]
        challenge = f'Bearer realm="http://127.0.0.1:{port}/token",service="test",scope="repository:x:pull",error="invalid_token"'
        self.request_body()
        return self.answer(401, [("WWW-Authenticate", challenge)])

    def handle_any(self):
        self.note()
        if self.path.startswith("/token"):
            return self.give_token()
        action, argument = rule_for(f"{self.command} {self.path}")
        if action == "status":
            code, _, header = argument.partition(",")
            self.request_body()
            return self.answer(int(code), [tuple(header.split("=", 1))] if header else [])
        token = self.headers.get("Authorization", "")
        if action == "expired" and token:
            spent.add(token)
        if action in ("unauthorized", "expired") or token in spent:
            return self.want_token()
        if action == "redirect":
            return self.answer(307, [("Location", argument + self.path)])
        if action == "headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            try:
                while True:
                    self.wfile.write(b"X-More: " + b"a" * 1000 + b"\r\n")
            except OSError:
                self.close_connection = True
            return None
        if action == "lose":
            backend = http.client.HTTPConnection(BACKEND)
            half = self.request_body(0.5)
            backend.request(self.command, self.path, half, {"Content-Type": "application/octet-stream"})
            response = backend.getresponse()
            response.read()
            place = response.getheader("Location", "").replace(BACKEND, self.headers["Host"])
            lost[self.path] = (place, len(half) - 1)
            self.close_connection = True
            return None
        if self.command == "GET" and self.path in lost:
            place, last = lost.pop(self.path)
            return self.answer(204, [("Location", place), ("Range", f"0-{last}")])
        if action == "hang":
            time.sleep(1)
        return self.pass_on(action, argument)

    def pass_on(self, action, argument):
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection", "expect")}
        if action == "whole":
            headers.pop("Range", None)
        backend = http.client.HTTPConnection(BACKEND)
        backend.request(self.command, self.path, self.request_body(), headers)
        response = backend.getresponse()
        body = response.read()
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() == "location":
                value = value.replace(BACKEND, self.headers["Host"])
            if name.lower() not in ("content-length", "connection", "date", "server", "transfer-encoding"):
                self.send_header(name, value)
        length = response.getheader("Content-Length") if self.command == "HEAD" else len(body)
        if action == "longer":
            body += b"x" * 65536
            length = len(body)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command == "HEAD":
            return
        try:
            if action == "cut":
                self.wfile.write(body[: int(argument)])
                self.close_connection = True
            elif action == "garble":
                middle = len(body) // 2
                self.wfile.write(body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1:])
            elif action == "slow":
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.5)
            else:
                self.wfile.write(body)
        except OSError:
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Handler)
with open(PORTFILE, "w", encoding="utf-8") as file:
    print(server.server_address[1], file=file)
server.serve_forever()
