"""What the tests of the built binary share: the running gateway, its clients, the folder of one test."""

import argparse
import base64
import concurrent.futures
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLES = os.path.join(ROOT, "samples")
LIGAMENT = os.environ.get("LIGAMENT_BINARY", os.path.join(ROOT, "build", "dev", "ligament"))
LIMIT = 30  # seconds for any one step; generous for busy machines and sanitizers
FHIR = "{http://hl7.org/fhir}"
TOKEN = "token-for-this-run-only"


def read(path, mode="r"):
    with open(path, mode) as file:
        return file.read()


def referral(name="1-ordinary-knee.json"):
    return read(os.path.join(SAMPLES, "demonstration", name), "rb")


def run(*arguments, stdin=None, limit=LIMIT):
    """A finished command; its output as text."""
    return subprocess.run([LIGAMENT, *arguments], input=stdin, capture_output=True, text=True, timeout=limit,
                          check=False)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def claims(ods="99S01"):
    def encoded(value):
        return base64.b64encode(json.dumps(value).encode()).decode()
    return {
        "NHSD-Target-Identifier": encoded({"system": "https://fhir.nhs.uk/Id/dos-service-id",
                                           "value": "2000099001"}),
        "NHSD-End-User-Organisation": encoded({
            "resourceType": "Organization", "name": "Practice",
            "identifier": [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": ods}]}),
        "NHSD-Requesting-Software": encoded({"resourceType": "Device", "version": [{"value": "1"}]}),
    }


class Gateway:
    """A running `ligament serve`."""

    def __init__(self, *arguments):
        self.errors = tempfile.TemporaryFile(mode="w+")
        started = time.monotonic()
        self.process = subprocess.Popen([LIGAMENT, "serve", *arguments], stdout=subprocess.PIPE, stderr=self.errors,
                                        text=True)
        with concurrent.futures.ThreadPoolExecutor(1) as reader:
            line = reader.submit(self.process.stdout.readline)
            try:
                text = line.result(timeout=LIMIT)
            except concurrent.futures.TimeoutError:
                self.process.kill()
                raise
        self.took = time.monotonic() - started
        if not text:
            self.process.wait(timeout=LIMIT)
            raise RuntimeError("serve did not start: " + self.log())
        self.ready = json.loads(text)

    def log(self):
        self.errors.seek(0)
        return self.errors.read()

    def request(self, method, target, body=None, headers=None, door="http", context=None):
        """Status, headers, body by Python's own client."""
        host, port = self.ready[door].rsplit(":", 1)
        if door == "https":
            connection = http.client.HTTPSConnection(host, int(port), timeout=LIMIT, context=context)
        else:
            connection = http.client.HTTPConnection(host, int(port), timeout=LIMIT)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def post(self, body, headers=None, **kwargs):
        fields = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json",
                  "X-Request-Id": str(uuid.uuid4()), "X-Correlation-Id": str(uuid.uuid4())}
        fields.update(headers or {})
        return self.request("POST", "/fhir/$process-message", body, fields, **kwargs)

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=LIMIT)
        self.process.stdout.close()
        return code

    def memory(self, field):
        for line in read(f"/proc/{self.process.pid}/status").splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no " + field)

    def resident_bytes(self):
        return self.memory("VmRSS")

    def peak_bytes(self):
        return self.memory("VmHWM")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ligament-blackbox-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def file(self, name, text):
        with open(self.path(name), "w") as out:
            out.write(text)
        return self.path(name)

    def dev(self, *more):
        return Gateway("--dev", "--data", self.path("data"), "--http", "127.0.0.1:0", *more)


def main(about):
    """Runs the tests of the calling file; --ligament names the binary."""
    global LIGAMENT
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ligament", default=LIGAMENT)
    options, rest = parser.parse_known_args()
    LIGAMENT = os.path.abspath(options.ligament)
    unittest.main(module="__main__", argv=[sys.argv[0], *rest], verbosity=2)


def ligament():
    return LIGAMENT
