#!/usr/bin/env python3
"""Samples on the wire: messages in MLLP frames and over HTTP, and what is said back.

  wire.py PORT FILE       sends an HL7 v2 sample to the MLLP door on this machine and prints the acknowledgement
"""
import base64
import hashlib
import json
import pathlib
import re
import socket
import sys
import urllib.error
import urllib.request
import uuid

START, END = b"\x0b", b"\x1c\x0d"
LIMIT = 20


class Sent:
    """One sample as it was sent, and its answer: `AA`, `AE` ... or a status of HTTP, with the FHIR that came back."""

    def __init__(self, answer, control_id=None, correlation_id=None, words="", body=b"", media_type=""):
        self.answer = answer
        self.control_id = control_id
        self.correlation_id = correlation_id
        self.words = words
        self.body = body
        self.media_type = media_type
        self.segments = []


def is_nhs_number(text):
    """999 range, modulus 11: weights 10 to 2, the check digit last."""
    if not re.fullmatch(r"999\d{7}", text):
        return False
    check = 11 - sum(int(digit) * weight for digit, weight in zip(text[:9], range(10, 1, -1))) % 11
    return check % 11 == int(text[9]) if check != 10 else False


def nhs_numbers(path):
    text = path.read_text()
    if path.suffix == ".json":
        return [one["value"] for entry in json.loads(text)["entry"] for one in entry["resource"].get("identifier", [])
                if one.get("system") == "https://fhir.nhs.uk/Id/nhs-number"]
    return re.findall(r"(?m)^PID\|[^|]*\|[^|]*\|(\d+)\^", text)


def attachment_digest(path):
    """SHA-256 of the document inside an MDM message."""
    data = re.search(r"\^Base64\^([A-Za-z0-9+/=]+)", path.read_text()).group(1)
    return hashlib.sha256(base64.b64decode(data)).hexdigest()


def send_mllp(port, path, control_id=None):
    """Segments end in carriage returns on the wire; the samples are kept with line feeds, to be read."""
    text = path.read_text().rstrip("\n")
    header = text.split("\n", 1)[0].split("|")
    if control_id:
        text = text.replace(f"|{header[9]}|", f"|{control_id}|", 1)
    payload = text.replace("\n", "\r").encode() + b"\r"
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as connection:
        connection.sendall(START + payload + END)
        while END not in received:
            some = connection.recv(65536)
            if not some:
                break
            received += some
    lines = received.strip(START + END).decode().split("\r")
    segments = {line.split("|")[0]: line for line in lines}
    said = segments.get("MSA", "MSA|none|").split("|")
    sent = Sent(said[1], control_id=said[2], words=segments.get("ERR", ""))
    sent.segments = lines
    return sent


def send_http(base, path, partner, ids=None):
    """Fresh ids unless given, so that `ids` of an earlier sending make it a repetition."""
    request_id, correlation_id = ids or (str(uuid.uuid4()), str(uuid.uuid4()))
    request = urllib.request.Request(base + "/$process-message", data=path.read_bytes(), method="POST", headers={
        "Content-Type": "application/fhir+json", "X-Ligament-Partner": partner, "X-Request-Id": request_id,
        "X-Correlation-Id": correlation_id})
    try:
        with urllib.request.urlopen(request, timeout=LIMIT) as response:
            sent = Sent(str(response.status), correlation_id=correlation_id, body=response.read(),
                        media_type=response.headers["Content-Type"] or "")
    except urllib.error.HTTPError as refused:
        body = refused.read()
        issue = json.loads(body)["issue"][0]
        sent = Sent(str(refused.code), correlation_id=correlation_id, words=issue.get("diagnostics", issue["code"]), body=body,
                    media_type=refused.headers["Content-Type"] or "")
    sent.ids = (request_id, correlation_id)
    return sent


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print("\n".join(send_mllp(int(sys.argv[1]), pathlib.Path(sys.argv[2])).segments))
