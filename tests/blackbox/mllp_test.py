#!/usr/bin/env python3
"""The MLLP doors of the real binary, driven by mllp_send of python3-hl7 and by bare sockets.

  mllp_test.py --ligament build/dev/ligament [unittest arguments]
"""

import argparse
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import binary  # noqa: E402  (Gateway and its time limits)

LIMIT = binary.LIMIT
START, END = b"\x0b", b"\x1c\x0d"


def referral(control_id="C1", number="RF-1001", nhs="9990000018", processing="T", event="REF^I12^REF_I12", modes="",
             born="19610409"):
    """An invented referral from Downland Practice, as bytes without framing."""
    segments = [
        f"MSH|^~\\&|GPSYSTEM|99S01|LIGAMENT|99S00|20261122095900||{event}|{control_id}|{processing}|2.4|||{modes}",
        f"RF1|P|R|||C|{number}||||M25.5^Knee pain^I10",
        "PRD|RP|Trevithick^Anne^^^Dr|1 High Street^^Lewes^^BN7 1AA^GBR|^^^99S01||||G9990001^GMP",
        f"PID|1||{nhs}^^^NHS^NH||Zzcanary^Wenna||{born}|F|||2 The Lane^^Lewes^^BN7 2AA^GBR",
        "OBX|1|TX|||Right knee pain for six months, worse on stairs. Walks with a stick.",
    ]
    return "\r".join(segments).encode() + b"\r"


class Connection:
    """A bare MLLP connection."""

    def __init__(self, place, context=None):
        host, port = place.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=LIMIT)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.received = b""

    def send(self, data):
        self.socket.sendall(data)

    def reply(self):
        """The next payload; empty at the end of the connection."""
        while END not in self.received:
            some = self.socket.recv(65536)
            if not some:
                return b""
            self.received += some
        frame, self.received = self.received.split(END, 1)
        assert frame.startswith(START), frame
        return frame[1:]

    def ask(self, payload):
        self.send(START + payload + END)
        return self.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def segment(message, name):
    for line in message.decode().split("\r"):
        if line.startswith(name + "|"):
            return line
    return ""


class StandIn:
    """A running `ligament partner`, and its journal."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([binary.LIGAMENT, "partner", "--http", "127.0.0.1:0", *arguments],
                                        stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        self.lines = []
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(json.loads(line))
                self.news.notify_all()

    def wait_for(self, wanted):
        with self.news:
            if not self.news.wait_for(lambda: any(wanted(line) for line in self.lines), timeout=LIMIT):
                raise AssertionError(f"not in the journal: {self.lines}")
            return next(line for line in self.lines if wanted(line))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=LIMIT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Case(binary.Case):
    def gateway(self, *more):
        return binary.Gateway("--dev", "--data", self.path("data"), "--http", "127.0.0.1:0", "--mllp",
                                   "127.0.0.1:0", *more)

    def tasks(self, gateway):
        status, _, body = gateway.request("GET", "/fhir/Task?_total=accurate",
                                          headers={"Accept": "application/fhir+json"})
        self.assertEqual(status, 200, body)
        return json.loads(body)["total"]


@unittest.skipUnless(shutil.which("mllp_send"), "mllp_send (python3-hl7) is not installed")
class MllpSend(Case):
    def send(self, gateway, data, *options):
        host, port = gateway.ready["mllp"].rsplit(":", 1)
        path = self.path("messages")
        with open(path, "wb") as file:
            file.write(data)
        done = subprocess.run(["mllp_send", "--file", path, "--port", port, *options, host], capture_output=True,
                              timeout=LIMIT, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        replies = [reply.strip(b"\x0b\r\n") for reply in done.stdout.split(b"\x1c")]
        return [reply for reply in replies if reply]

    def test_a_referral_is_acknowledged_and_there(self):
        with self.gateway() as gateway:
            replies = self.send(gateway, START + referral() + END)
            self.assertEqual(len(replies), 1)
            self.assertEqual(segment(replies[0], "MSA"), "MSA|AA|C1", replies)
            self.assertIn("|ACK^I12^ACK|", segment(replies[0], "MSH"))
            self.assertEqual(self.tasks(gateway), 1)

            again = self.send(gateway, START + referral("C2") + END)
            self.assertEqual(segment(again[0], "MSA"), "MSA|AA|C2")
            self.assertEqual(self.tasks(gateway), 1, "a repetition has no second effect")
            self.assertEqual(gateway.stop(), 0)

    def test_several_messages_of_one_file(self):
        with self.gateway() as gateway:
            data = b"".join(START + referral(f"C{i}", f"RF-{i}") + END for i in range(5))
            replies = self.send(gateway, data)
            self.assertEqual([segment(reply, "MSA") for reply in replies], [f"MSA|AA|C{i}" for i in range(5)])
            self.assertEqual(self.tasks(gateway), 5)

    def test_a_file_of_lines(self):
        with self.gateway() as gateway:
            replies = self.send(gateway, referral().replace(b"\r", b"\r\n"), "--loose")
            self.assertEqual(segment(replies[0], "MSA"), "MSA|AA|C1", replies)

    def test_what_is_wrong_is_named_and_nothing_quoted(self):
        rows = [(referral(nhs="9990000019"), "MSA|AE|C1", "PID^1^3"),
                (referral(processing="P"), "MSA|AR|C1", "MSH^1^11^202"),
                (referral(event="ORL^O22"), "MSA|AR|C1", "MSH^1^9^20"),
                (referral(born="19612409"), "MSA|AE|C1", "PID^1^7^102")]
        with self.gateway() as gateway:
            for message, said, place in rows:
                replies = self.send(gateway, START + message + END)
                self.assertEqual(segment(replies[0], "MSA"), said, replies)
                self.assertIn(place, segment(replies[0], "ERR"))
                self.assertNotIn(b"Zzcanary", replies[0])
                self.assertLess(len(replies[0]), 4096)
            self.assertEqual(self.tasks(gateway), 0)
            self.assertNotIn("Zzcanary", gateway.log())


class Sockets(Case):
    def test_pipelined_frames_with_junk_between_are_answered_in_order(self):
        with self.gateway() as gateway, Connection(gateway.ready["mllp"]) as connection:
            connection.send(b"\n".join(START + referral(f"C{i}", f"RF-{i}") + END for i in range(20)))
            for i in range(20):
                self.assertEqual(segment(connection.reply(), "MSA"), f"MSA|AA|C{i}")

    def test_a_frame_in_single_bytes(self):
        with self.gateway() as gateway, Connection(gateway.ready["mllp"]) as connection:
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in START + referral() + END:
                connection.send(bytes([byte]))
            self.assertEqual(segment(connection.reply(), "MSA"), "MSA|AA|C1")

    def test_other_protocols_are_closed_without_a_word(self):
        with self.gateway() as gateway:
            for hello in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"MSH|^~\\&|"):
                with Connection(gateway.ready["mllp"]) as connection:
                    connection.send(hello)
                    try:
                        self.assertEqual(connection.socket.recv(100), b"")
                    except ConnectionResetError:
                        pass

    def test_an_oversize_message_is_rejected_and_closed(self):
        with self.gateway() as gateway, Connection(gateway.ready["mllp"]) as connection:
            before = gateway.resident_bytes()
            connection.send(START + referral())
            try:
                for _ in range(200):
                    connection.send(b"x" * (1 << 20))
            except OSError:
                pass  # closed meanwhile
            self.assertLess(gateway.resident_bytes() - before, 128 << 20)
            with Connection(gateway.ready["mllp"]) as other:
                self.assertEqual(segment(other.ask(referral()), "MSA"), "MSA|AA|C1")

    def test_enhanced_mode_gets_the_accept_acknowledgement(self):
        with self.gateway() as gateway, Connection(gateway.ready["mllp"]) as connection:
            self.assertEqual(segment(connection.ask(referral(modes="AL|NE")), "MSA"), "MSA|CA|C1")
            self.assertEqual(segment(connection.ask(referral("C2", processing="P", modes="AL|NE")), "MSA"),
                             "MSA|CR|C2")

    def test_what_was_acknowledged_is_there_after_a_kill(self):
        with self.gateway() as gateway:
            with Connection(gateway.ready["mllp"]) as connection:
                self.assertEqual(segment(connection.ask(referral()), "MSA"), "MSA|AA|C1")
            gateway.process.send_signal(signal.SIGKILL)
            gateway.process.wait(timeout=LIMIT)
        with self.gateway() as gateway:
            self.assertEqual(self.tasks(gateway), 1)
            with Connection(gateway.ready["mllp"]) as connection:
                self.assertEqual(segment(connection.ask(referral("C2")), "MSA"), "MSA|AA|C2")
            self.assertEqual(self.tasks(gateway), 1)

    def test_a_stand_in_takes_what_the_gateway_sends_by_mllp(self):
        script = self.path("practice.yaml")
        with open(script, "w") as file:
            file.write("partner: {name: downland-practice, ods: 99S01}\n"
                       "mllp:\n  replies:\n"
                       "    - {name: busy, times: 1, code: AR, error: {code: '207', text: try later}}\n"
                       "    - {name: twice, times: 1, twice: true}\n")
        with StandIn("--as", "gp", "--mllp", "127.0.0.1:0", "--script", script) as practice:
            text = binary.read(os.path.join(binary.SAMPLES, "config", "dev.yaml"))
            endpoint = "    endpoint: http://127.0.0.1:9101/fhir\n"
            self.assertIn(endpoint, text)
            text = text.replace(endpoint, f"    hl7v2: {{endpoint: 'mllp://{practice.ready['mllp']}'}}\n", 1)
            text = text.replace("services: ../services", "services: " + os.path.join(binary.SAMPLES, "services"))
            config = self.path("config.yaml")
            with open(config, "w") as file:
                file.write(text)
            with self.gateway("--config", config) as gateway:
                self.assertEqual(gateway.post(binary.referral())[0], 200)
                answered = practice.wait_for(lambda line: line.get("rule") == "twice")
                self.assertEqual(answered["code"], "AA")
                received = [line for line in practice.lines if line["did"] == "received"]
                self.assertEqual(len({line["control_id"] for line in received}), 1, "sent again under the same id")
                self.assertIn(received[0]["event"], ("MDM^T02", "RRI^I12"))
                self.assertEqual(gateway.stop(), 0)

    def test_a_stand_in_answers_with_a_decision_or_not_at_all(self):
        script = self.path("trust.yaml")
        with open(script, "w") as file:
            file.write("partner: {name: downs-trust, ods: 99S20}\n"
                       "mllp:\n  replies:\n"
                       "    - {name: knee, event: 'REF^I12', times: 1, decision: accepted}\n"
                       "    - {name: gone, event: 'REF^I12', times: 1, drop: true}\n")
        with StandIn("--as", "pas", "--mllp", "127.0.0.1:0", "--script", script) as trust:
            with Connection(trust.ready["mllp"]) as connection:
                reply = connection.ask(referral())
                self.assertEqual(segment(reply, "MSA"), "MSA|AA|C1")
                self.assertIn("|RRI^I12^RRI_I12|", segment(reply, "MSH"))
                self.assertTrue(segment(reply, "RF1").startswith("RF1|A^Accepted"), reply)
                self.assertEqual(connection.ask(referral("C2")), b"")
            with Connection(trust.ready["mllp"]) as connection:
                self.assertEqual(segment(connection.ask(referral("C3")), "MSA"), "MSA|AA|C3")
            self.assertEqual(trust.stop(), 0)

    def test_dev_takes_loopback_only(self):
        done = binary.run("serve", "--dev", "--data", self.path("data"), "--mllp", "0.0.0.0:0")
        self.assertEqual(done.returncode, 2)
        self.assertIn("loopback", done.stderr)


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class Tls(Case):
    def certificate(self, name, authority=None):
        """Key and certificate of `name`; signed by itself without an authority."""
        key, request, made = (self.path(name + end) for end in (".key", ".csr", ".pem"))
        subject = ["-subj", f"/CN={name}", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                   key]
        if authority is None:
            command = ["openssl", "req", "-x509", "-days", "2", "-out", made, *subject]
        else:
            subprocess.run(["openssl", "req", "-new", "-out", request, *subject], check=True, capture_output=True)
            extensions = self.path(name + ".ext")
            with open(extensions, "w") as file:
                file.write(f"subjectAltName=DNS:{name}\n")
            command = ["openssl", "x509", "-req", "-days", "2", "-in", request, "-CA", self.path(authority + ".pem"),
                       "-CAkey", self.path(authority + ".key"), "-CAcreateserial", "-extfile", extensions, "-out",
                       made]
        subprocess.run(command, check=True, capture_output=True)
        return made, key

    def fingerprint(self, name):
        done = subprocess.run(["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", self.path(name + ".pem")],
                              check=True, capture_output=True, text=True)
        return done.stdout.split("=")[1].strip().replace(":", "").lower()

    def context(self, name=None):
        context = ssl.create_default_context(cafile=self.path("authority.pem"))
        if name is not None:
            context.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        return context

    def test_partners_are_known_by_certificate_on_mllps_and_by_address_on_mllp(self):
        self.certificate("authority")
        for name in ("localhost", "practice", "stranger"):
            self.certificate(name, "authority")
        text = binary.read(os.path.join(binary.SAMPLES, "config", "dev.yaml"))
        start = text.index("doors:\n")
        end = text.index("partners:\n")
        text = text[:start] + (
            "doors:\n  mllp: 127.0.0.1:0\n  mllps: 127.0.0.1:0\n"
            f"  tls: {{certificate: {self.path('localhost.pem')}, key: {self.path('localhost.key')}, "
            f"client_ca: {self.path('authority.pem')}}}\n") + text[end:]
        text = text.replace("    ods: 99S01\n", "    ods: 99S01\n    hl7v2: {facility: 99S01}\n"
                            f"    certificate_sha256: {self.fingerprint('practice')}\n", 1)
        text = text.replace("services: ../services", "services: " + os.path.join(binary.SAMPLES, "services"))
        config = self.path("ligament.yaml")
        with open(config, "w") as file:
            file.write(text)
        with binary.Gateway("--config", config, "--data", self.path("data")) as gateway:
            with Connection(gateway.ready["mllps"], self.context("practice")) as connection:
                self.assertEqual(segment(connection.ask(referral()), "MSA"), "MSA|AA|C1")
                other = referral("C2", "RF-2").replace(b"|99S01|", b"|99S02|")
                self.assertEqual(segment(connection.ask(other), "MSA"), "MSA|AR|C2", "another facility")
            with self.assertRaises(OSError):
                with Connection(gateway.ready["mllps"], self.context()) as connection:
                    if connection.ask(referral("C3")) == b"":
                        raise ConnectionResetError
            with Connection(gateway.ready["mllps"], self.context("stranger")) as connection:
                try:
                    self.assertEqual(connection.ask(referral("C4")), b"")
                except OSError:
                    pass
            # Nobody lists this address, so nobody is heard on the plain door, whatever MSH-4 says.
            with Connection(gateway.ready["mllp"]) as connection:
                try:
                    self.assertEqual(connection.ask(referral("C5")), b"")
                except OSError:
                    pass
            self.assertEqual(gateway.stop(), 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--ligament", default=binary.LIGAMENT)
    options, rest = parser.parse_known_args()
    binary.LIGAMENT = options.ligament
    unittest.main(argv=[sys.argv[0], *rest])
