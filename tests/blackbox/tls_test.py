#!/usr/bin/env python3
"""TLS, credentials and configuration of the real binary, driven by openssl, curl and Python's ssl.

  tls_test.py --ligament build/dev/ligament [unittest arguments]

Real processes and sockets on free ports of loopback; nothing waits longer than its time limit. What the machine
lacks is skipped, visibly.
"""

import hashlib
import json
import os
import shutil
import ssl
import subprocess
import unittest
import uuid

import binary
from binary import Case, Gateway, LIMIT, SAMPLES, TOKEN, claims, read, referral, run


CONFIGURATION = """installation:
  name: Black box
  ods: 99S00
  environment: test
  trial_id_key: key-of-this-test
  endpoint: https://127.0.0.1:8443/fhir
  service_id: "https://fhir.nhs.uk/Id/dos-service-id|2000099000"
doors:
  https: 127.0.0.1:0
  tls: {{certificate: server.pem, key: server.key, client_ca: ca.pem}}
partners:
  - {{name: by-certificate, ods: 99S01, role: gp, certificate_sha256: {certificate}}}
  - {{name: by-token, ods: 99S02, role: gp, token_sha256: {token}}}
  - name: sussex-hub
    ods: 99S10
    role: hub
    service_id: "https://fhir.nhs.uk/Id/dos-service-id|2000099001"
    endpoint: http://127.0.0.1:9/fhir
    receives: [referral]
  - name: duty-clinician
    ods: 99S11
    role: rota
    endpoint: http://127.0.0.1:9/fhir
    receives: [escalation]
services: {services}
data: data
deadlines:
  hub_acknowledges: {{routine: 4h, urgent: 1h}}
rota:
  - {{role: Duty clinician, partner: duty-clinician, after: 0m}}
use_cases: [msk-spoa]
"""


@unittest.skipUnless(shutil.which("openssl"), "no openssl")
class Strict(Case):
    """HTTPS with real credentials and a configuration of its own."""

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=LIMIT, cwd=self.folder)

    def certificate(self, name, ca="ca", extension="DNS:localhost,IP:127.0.0.1"):
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key",
                     "-out", name + ".csr", "-subj", "/CN=" + name)
        with open(self.path(name + ".ext"), "w") as file:
            file.write("subjectAltName=" + extension + "\n")
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key",
                     "-CAcreateserial", "-days", "2", "-out", name + ".pem", "-extfile", name + ".ext")

    def authority(self, name):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                     "-keyout", name + ".key", "-out", name + ".pem", "-subj", "/CN=" + name)

    def setUp(self):
        super().setUp()
        self.authority("ca")
        self.authority("otherca")
        for name in ("server", "client", "unknown"):
            self.certificate(name)
        self.certificate("stranger", ca="otherca")
        der = ssl.PEM_cert_to_DER_cert(read(self.path("client.pem")))
        self.write(CONFIGURATION.format(certificate=hashlib.sha256(der).hexdigest(),
                                        token=hashlib.sha256(TOKEN.encode()).hexdigest(),
                                        services=os.path.join(SAMPLES, "services")))

    def write(self, text):
        with open(self.path("gateway.yaml"), "w") as file:
            file.write(text)

    def context(self, client=None):
        context = ssl.create_default_context(cafile=self.path("ca.pem"))
        if client:
            context.load_cert_chain(self.path(client + ".pem"), self.path(client + ".key"))
        return context

    def test_partners_by_certificate_and_by_token(self):
        with Gateway("--config", self.path("gateway.yaml")) as gateway:
            self.assertNotIn("http", gateway.ready)
            secure = {"door": "https", "context": self.context("client")}
            status, _, body = gateway.post(referral(), claims(), **secure)
            self.assertEqual(status, 200, body)
            status, _, body = gateway.request("GET", "/fhir/ServiceRequest?_total=accurate", **secure)
            self.assertEqual((status, json.loads(body)["total"]), (200, 1))

            # The other partner, by token, sees nothing of it.
            bearer = {"Authorization": "Bearer " + TOKEN}
            plain = {"door": "https", "context": self.context()}
            status, _, body = gateway.request("GET", "/fhir/ServiceRequest?_total=accurate", headers=bearer, **plain)
            self.assertEqual((status, json.loads(body)["total"]), (200, 0))

            # No credential, a wrong token, a good certificate of nobody known.
            self.assertEqual(gateway.post(b"not even JSON", **plain)[0], 401)
            self.assertEqual(gateway.request("GET", "/fhir/Task", headers={"Authorization": "Bearer no"}, **plain)[0], 401)
            self.assertEqual(gateway.request("GET", "/fhir/Task", door="https", context=self.context("unknown"))[0], 401)
            # A certificate of another authority does not get through the handshake.
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                gateway.request("GET", "/fhir/Task", door="https", context=self.context("stranger"))
            # Old protocols neither.
            old = self.context()
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                gateway.request("GET", "/fhir/metadata", door="https", context=old)
            # The development header means nothing here.
            self.assertEqual(gateway.request("GET", "/fhir/Task", headers={"X-Ligament-Partner": "by-token"}, **plain)[0],
                             401)
            self.assertEqual(gateway.stop(), 0)
            self.assertNotIn(TOKEN, gateway.log())

    def test_curl_with_a_client_certificate(self):
        if not shutil.which("curl"):
            self.skipTest("no curl")
        with Gateway("--config", self.path("gateway.yaml")) as gateway:
            fields = {"Content-Type": "application/fhir+json", "X-Request-Id": str(uuid.uuid4()),
                      "X-Correlation-Id": str(uuid.uuid4()), **claims()}
            command = ["curl", "-sS", "--max-time", str(LIMIT), "--cacert", self.path("ca.pem"), "--cert",
                       self.path("client.pem"), "--key", self.path("client.key"), "-o", "/dev/null", "-w", "%{http_code}"]
            for name, value in fields.items():
                command += ["-H", f"{name}: {value}"]
            command += ["--data-binary", "@" + os.path.join(SAMPLES, "demonstration", "1-ordinary-knee.json"),
                        "https://" + gateway.ready["https"] + "/fhir/$process-message"]
            answer = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=True).stdout
            self.assertEqual(answer, "200")

    def test_strict_mode_wants_the_national_headers_and_its_own_service(self):
        with Gateway("--config", self.path("gateway.yaml")) as gateway:
            secure = {"door": "https", "context": self.context("client")}
            status, _, body = gateway.post(referral(), **secure)
            self.assertEqual(status, 400, body)
            self.assertEqual(json.loads(body)["issue"][0]["details"]["coding"][0]["code"], "REC_BAD_REQUEST")

    def refused(self, change, *needles):
        good = read(self.path("gateway.yaml"))
        self.write(change(good))
        result = run("serve", "--config", self.path("gateway.yaml"))
        self.write(good)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stdout, "")
        for needle in needles:
            self.assertIn(needle, result.stderr)

    def test_bad_configuration_names_file_line_and_key(self):
        def line_of(text, part):
            return f"line {text[:text.index(part)].count(chr(10)) + 1}"
        good = read(self.path("gateway.yaml"))
        self.refused(lambda text: text.replace("role: rota", "role: cook"), "gateway.yaml", "role",
                     line_of(good, "role: rota"))
        self.refused(lambda text: text.replace("use_cases:", "use_cakes:"), "gateway.yaml", "use_cakes",
                     line_of(good, "use_cases:"))
        self.refused(lambda text: text.replace("  https: 127.0.0.1:0\n", "  https: nowhere\n"), "gateway.yaml",
                     line_of(good, "  https: 127"))
        self.refused(lambda text: text.replace("doors:\n", "doors: [\n"), "gateway.yaml", "line")
        self.refused(lambda text: "", "gateway.yaml")
        self.refused(lambda text: text.replace("server.key", "absent.key"), "absent.key")
        self.refused(lambda text: text.replace("environment: test", "environment: live"), "gateway.yaml")
        missing = run("serve", "--config", self.path("absent.yaml"))
        self.assertEqual(missing.returncode, 2)
        self.assertIn("absent.yaml", missing.stderr)


if __name__ == "__main__":
    binary.main(__doc__)
