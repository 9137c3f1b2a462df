"""Ask the citizen at this window about one transaction and wait until it has ended.

HUIYIN_DESK is http://127.0.0.1:8710 unless said, HUIYIN_TOKEN the desk's token. Python alone.
Through the hall: its address, the system's token, and HUIYIN_WINDOW, the window.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import quote

DESK = os.environ.get("HUIYIN_DESK", "http://127.0.0.1:8710")
WINDOW = os.environ.get("HUIYIN_WINDOW", "")
HEADERS = {
    "Authorization": "Bearer " + os.environ["HUIYIN_TOKEN"],
    "Content-Type": "application/json",
}


def call(method, path, body=None):
    """One request; returns the answer's body. A problem ends the program with its words."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(DESK + path, data, HEADERS, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        sys.exit(f"{problem['type']}: {problem['detail']}")


def main(project_no, service_no):
    """Ask, then look once a second; the answer says whether it was rated, never how."""
    room = f"/v1/windows/{quote(WINDOW)}" if WINDOW else "/v1"
    transaction = {"project_no": project_no, "service_no": service_no}
    asked = call("POST", room + "/invitations", transaction)
    while asked["state"] == "waiting":
        time.sleep(1)
        asked = call("GET", "/v1/invitations/" + asked["invitation"])
    print(json.dumps(asked))


if __name__ == "__main__":
    main(*sys.argv[1:3])
