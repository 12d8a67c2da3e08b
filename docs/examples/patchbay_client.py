#!/usr/bin/env python3
"""A program that uses Patchbay from Python: pairs once, then lists connections and makes a call through one.

Needs Python 3.9 and the `openssl` command (3.0 or newer), nothing else. Usage: patchbay_client.py CONNECTION PATH
"""

import base64
import json
import os
import socket
import subprocess
import sys
import tempfile


def socket_path():
    """Where the host listens; `patchbay status --json` tells it too."""
    home = os.environ.get("PATCHBAY_HOME")
    if home:
        return os.path.join(home, "patchbay.sock")
    return os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), "patchbay", "patchbay.sock")


class PatchbayError(Exception):
    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error["data"]["code"]
        self.data = error["data"]


class Patchbay:
    """One connection: newline-delimited JSON-RPC 2.0."""

    def __init__(self, path, key_file):
        self.path = path
        self.key_file = key_file
        self.last_id = 0
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rb")
        if not os.path.exists(key_file):
            os.makedirs(os.path.dirname(key_file), mode=0o700, exist_ok=True)
            # The private key stays here; openssl makes the file readable for you alone.
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key_file], check=True, capture_output=True)
        der = subprocess.run(
            ["openssl", "pkey", "-in", key_file, "-pubout", "-outform", "DER"], check=True, capture_output=True
        ).stdout
        self.public_key = base64.b64encode(der).decode()

    def call(self, method, **params):
        self.last_id += 1
        line = json.dumps({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params})
        self.socket.sendall(line.encode() + b"\n")
        while True:
            read = self.lines.readline()
            if not read:
                raise ConnectionError("Patchbay hung up.")
            answer = json.loads(read)
            if answer.get("id") != self.last_id:
                continue  # an event
            if "error" in answer:
                raise PatchbayError(answer["error"])
            return answer["result"]

    def sign(self, text):
        with tempfile.NamedTemporaryFile() as file:
            file.write(text.encode())
            file.flush()
            command = ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.key_file, "-in", file.name]
            return base64.b64encode(subprocess.run(command, check=True, capture_output=True).stdout).decode()

    def hello(self):
        client = {"name": "release-notes", "version": "1.0", "publicKey": self.public_key}
        return self.call("system.hello", client=client)["nonce"]

    def prove(self):
        nonce = self.hello()
        self.call("system.prove", signature=self.sign(f"patchbay-prove\n{nonce}\n{self.path}"))

    def open(self, **wish):
        """Proves the key; where nothing is granted yet, asks the person and waits for the answer."""
        try:
            self.prove()
            if self.call("grants.current")["grants"]:
                return
        except PatchbayError as error:
            if error.code != "automation.denied":
                raise
            self.hello()
        grant = self.call("grants.request", name="release-notes", **wish)
        if grant["state"] != "active":
            raise SystemExit(f"No access: {grant['endedBecause'] or 'nobody has answered yet'}.")
        self.prove()


def main():
    connection, path = sys.argv[1:3]
    key_file = os.path.join(os.environ.get("XDG_CONFIG_HOME", os.path.expanduser("~/.config")), "release-notes", "patchbay.pem")
    patchbay = Patchbay(socket_path(), key_file)
    patchbay.open(
        purpose="Reads what was released.",
        verbs=["read", "request"],
        connections={"kind": "some", "connectionIds": [connection]},
        limits={"rules": [{"methods": ["GET"], "path": "/**"}], "callsPerMinute": 60},
        term="session",
    )
    for each in patchbay.call("connections.list")["connections"]:
        print(each["handle"], each["status"])
    answer = patchbay.call("connections.request", connectionId=connection, path=path)
    print(answer["status"], json.dumps(answer["body"])[:200])
    try:
        patchbay.call("connections.getCredentials", connectionId=connection)
    except PatchbayError as error:
        print("The token itself:", error.code)


if __name__ == "__main__":
    try:
        main()
    except PatchbayError as error:
        sys.exit(f"{error.code}: {error}")
