"""One server that stands in for every partner: it acknowledges what it is sent and remembers all of it."""
import hashlib
import http.server
import json
import re
import threading

BUNDLE_ID = re.compile(r'"resourceType":"Bundle","id":"([0-9a-f-]{36})"|<id value="([0-9a-f-]{36})"')
UBRN = re.compile(r'Id/UBRN"(?:,|/><)(?:"value":|value value=)"(\d+)"')
EVENT = re.compile(r'message-events-bars"(?:,"code":|/><code value=)"([a-z-]+)"')


class Receipts:
    """What all partners received. Any thread."""

    def __init__(self):
        self.lock = threading.Lock()
        self.by_id = {}  # (partner, request id) -> {digest, bundle, ubrn, event, arrivals}
        self.faults = []

    def note(self, partner, request_id, body):
        digest = hashlib.sha256(body).hexdigest()
        text = body.decode()
        bundle = BUNDLE_ID.search(text)
        with self.lock:
            known = self.by_id.get((partner, request_id))
            if known is None:
                ubrn = UBRN.search(text)
                event = EVENT.search(text)
                known = {"digest": digest, "arrivals": 0, "bundle": "", "ubrn": ubrn and ubrn.group(1),
                         "event": event and event.group(1)}
                if bundle:
                    known["bundle"] = bundle.group(1) or bundle.group(2)
                else:
                    self.faults.append(f"{partner} was sent something without a Bundle id")
                self.by_id[(partner, request_id)] = known
            if known["digest"] != digest:
                self.faults.append(f"{partner} saw two bodies under request id {request_id}")
            known["arrivals"] += 1
            return known["bundle"], known["arrivals"]

    def of(self, partner, event):
        """UBRN -> number of different messages of the event."""
        counts = {}
        with self.lock:
            for (to, _), receipt in self.by_id.items():
                if to == partner and receipt["event"] == event:
                    counts[receipt["ubrn"]] = counts.get(receipt["ubrn"], 0) + 1
        return counts


def business_answer(bundle_id):
    return {"resourceType": "Bundle", "type": "message", "entry": [{"resource": {
        "resourceType": "MessageHeader",
        "eventCoding": {"system": "https://fhir.nhs.uk/CodeSystem/message-events-bars",
                        "code": "servicerequest-response"},
        "source": {"endpoint": "https://fhir.nhs.uk/Id/dos-service-id|2000099001"},
        "response": {"identifier": bundle_id, "code": "ok"}}}]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        partner = self.path.split("/")[1]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        bundle, arrivals = self.server.receipts.note(partner, self.headers["X-Request-Id"], body)
        status, answer = 200, business_answer(bundle)
        if arrivals % 2 == 0:
            status = 409
            answer = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "duplicate"}]}
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/fhir+json")
        for name in ("X-Request-Id", "X-Correlation-Id"):
            self.send_header(name, self.headers[name])
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A gateway that was killed breaks its connections: that is what is tried here."""


class Partners:
    """Serves until close(). Each partner's endpoint is `http://127.0.0.1:PORT/NAME/fhir`."""

    def __init__(self):
        self.receipts = Receipts()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.receipts = self.receipts
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
