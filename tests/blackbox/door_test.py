#!/usr/bin/env python3
"""The HTTP door of the real binary, driven by curl and Python's http.client.

  door_test.py --ligament build/dev/ligament [unittest arguments]

Real processes and sockets on free ports of loopback; nothing waits longer than its time limit. What the machine
lacks is skipped, visibly.
"""

import concurrent.futures
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import uuid
import xml.etree.ElementTree as ElementTree

import binary
from binary import Case, FHIR, Gateway, LIMIT, SAMPLES, lines, read, referral, run


class Dev(Case):
    def test_referral_duplicate_read_search_and_tools(self):
        ids = {"X-Request-Id": str(uuid.uuid4()), "X-Correlation-Id": str(uuid.uuid4())}
        with self.dev() as gateway:
            status, headers, body = gateway.post(referral(), ids)
            self.assertEqual(status, 200, body)
            self.assertEqual(headers["X-Request-Id"], ids["X-Request-Id"])
            self.assertEqual(headers["X-Correlation-Id"], ids["X-Correlation-Id"])
            answer = json.loads(body)
            header = answer["entry"][0]["resource"]
            self.assertEqual(header["response"], {"identifier": json.loads(referral())["id"], "code": "ok"})
            task = next(entry["resource"] for entry in answer["entry"]
                        if entry["resource"]["resourceType"] == "Task")

            status, _, body = gateway.post(referral(), ids)
            self.assertEqual(status, 409, body)
            self.assertEqual(json.loads(body)["issue"][0]["code"], "duplicate")

            status, headers, body = gateway.request("GET", f"/fhir/Task/{task['id']}",
                                                    headers={"Accept": "application/fhir+xml"})
            self.assertEqual(status, 200, body)
            self.assertTrue(headers["Content-Type"].startswith("application/fhir+xml"))
            self.assertEqual(headers["ETag"], 'W/"1"')
            root = ElementTree.fromstring(body)
            self.assertEqual(root.tag, FHIR + "Task")
            self.assertEqual(root.find(FHIR + "id").get("value"), task["id"])

            status, _, body = gateway.request("GET", "/fhir/Task?status=requested&_total=accurate",
                                              headers={"Accept": "application/fhir+json"})
            self.assertEqual(status, 200, body)
            self.assertEqual(json.loads(body)["total"], 1)

            status, _, body = gateway.request("GET", "/fhir/metadata")
            self.assertEqual((status, json.loads(body)["resourceType"]), (200, "CapabilityStatement"))
            for place in ("/health", "/ready", "/metrics"):
                self.assertEqual(gateway.request("GET", place)[0], 200, place)
            status, _, body = gateway.request("GET", "/fhir/Zzz")
            self.assertEqual((status, json.loads(body)["resourceType"]), (404, "OperationOutcome"))

            # The tools look at the store while the server runs.
            listed = lines(run("message", "list", "--data", self.path("data")).stdout)
            self.assertEqual([row["verdict"] for row in listed], ["duplicate", "accepted"])
            self.check_tools(task["id"])
            self.assertEqual(gateway.stop(), 0)
            log = gateway.log()
        for secret in self.secrets():
            self.assertNotIn(secret, log)
        for line in log.splitlines():
            self.assertIn("event", json.loads(line))
        # And after it.
        self.check_tools(task["id"])
        self.check_backup()

    def secrets(self):
        message = json.loads(referral())
        patient = next(entry["resource"] for entry in message["entry"]
                       if entry["resource"]["resourceType"] == "Patient")
        return [patient["birthDate"], patient["name"][0]["family"], patient["identifier"][0]["value"]]

    def check_tools(self, task):
        data = self.path("data")
        shown = run("message", "show", "--data", data, f"Task/{task}")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        first = lines(shown.stdout)[0]
        self.assertEqual(first["referral"], f"Task/{task}")
        self.assertEqual(first["holder"], "99S01")
        body = subprocess.run([binary.ligament(), "message", "show", "--data", data, "1", "--body"], capture_output=True,
                              timeout=LIMIT, check=True)
        self.assertEqual(body.stdout, referral())
        self.assertEqual(run("message", "show", "--data", data, "999").returncode, 2)
        self.assertEqual(run("message", "show", "--data", data, "Task/none").returncode, 2)
        self.assertEqual(run("message", "list", "--data", self.path("nowhere")).returncode, 2)
        audit = run("audit", "verify", "--data", data)
        self.assertEqual((audit.returncode, lines(audit.stdout)[-1]["intact"]), (0, True))
        self.assertGreater(lines(audit.stdout)[-1]["checked"], 0)
        ledger = run("ledger", "check", "--data", data)
        self.assertEqual(ledger.returncode, 0, ledger.stderr)
        self.assertEqual(lines(ledger.stdout)[-1], {"referrals": 1, "faults": 0})

    def check_backup(self):
        copy = self.path("copy.db")
        made = run("backup", "--data", self.path("data"), copy)
        self.assertEqual(made.returncode, 0, made.stderr)
        with sqlite3.connect(copy) as opened:
            self.assertEqual(opened.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        self.assertEqual(run("backup", "--data", self.path("data"), copy).returncode, 1, "never overwrites")

    def test_tampering_is_found(self):
        with self.dev() as gateway:
            self.assertEqual(gateway.post(referral())[0], 200)
            self.assertEqual(gateway.stop(), 0)
        files = [os.path.join(self.path("data"), name) for name in os.listdir(self.path("data"))
                 if read(os.path.join(self.path("data"), name), "rb").startswith(b"SQLite format 3")]
        self.assertEqual(len(files), 1)
        with sqlite3.connect(files[0]) as opened:
            tables = [row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type='table'")]
            audit = next(name for name in tables if "audit" in name and "head" not in name)
            columns = [row[1] for row in opened.execute(f"PRAGMA table_info({audit})")]
            column = next(name for name in columns if name in ("subject", "event", "at", "outcome"))
            opened.execute(f"UPDATE {audit} SET {column} = 7")
        verdict = run("audit", "verify", "--data", self.path("data"))
        self.assertEqual(verdict.returncode, 1, verdict.stdout + verdict.stderr)

    def test_curl_over_http(self):
        if not shutil.which("curl"):
            self.skipTest("no curl")
        with self.dev() as gateway:
            base = "http://" + gateway.ready["http"]
            sample = os.path.join(SAMPLES, "demonstration", "1-ordinary-knee.json")
            ids = ["-H", "X-Request-Id: " + str(uuid.uuid4()), "-H", "X-Correlation-Id: " + str(uuid.uuid4())]
            answer = subprocess.run(
                ["curl", "-sS", "-i", "--max-time", str(LIMIT), *ids, "-H", "Content-Type: application/fhir+json",
                 "-H", "Expect: 100-continue", "--data-binary", "@" + sample, base + "/fhir/$process-message"],
                capture_output=True, text=True, timeout=LIMIT, check=True).stdout
            self.assertIn("HTTP/1.1 200", answer)
            # A body of unknown length goes in chunks.
            ids = ["-H", "X-Request-Id: " + str(uuid.uuid4()), "-H", "X-Correlation-Id: " + str(uuid.uuid4())]
            answer = subprocess.run(
                ["curl", "-sS", "--max-time", str(LIMIT), "-o", "/dev/null", "-w", "%{http_code}", *ids, "-H",
                 "Content-Type: application/fhir+json", "-T", "-", "-X", "POST", base + "/fhir/$process-message"],
                input=referral(), capture_output=True, timeout=LIMIT, check=True).stdout
            self.assertEqual(answer, b"200")
            # Several requests on one connection.
            answer = subprocess.run(
                ["curl", "-sS", "--max-time", str(LIMIT), "-o", "/dev/null", "-o", "/dev/null", "-w",
                 "%{http_code} %{num_connects}\\n", base + "/fhir/metadata", base + "/fhir/Task"],
                capture_output=True, text=True, timeout=LIMIT, check=True).stdout
            self.assertEqual(answer.split(), ["200", "1", "200", "0"])

    def test_drains_what_is_under_way(self):
        with self.dev() as gateway, concurrent.futures.ThreadPoolExecutor(8) as clients:
            def post(number):
                message = json.loads(referral())
                message["id"] = str(uuid.UUID(int=number + (4 << 76) + (8 << 60)))
                try:
                    return gateway.post(json.dumps(message).encode())[0]
                except OSError:
                    return None  # the door had closed
            posts = [clients.submit(post, number) for number in range(1, 65)]
            while not any(item.done() for item in posts):
                time.sleep(0.005)
            self.assertEqual(gateway.stop(), 0)
            statuses = [item.result(timeout=LIMIT) for item in posts]
        accepted = statuses.count(200)
        self.assertGreaterEqual(accepted, 1)
        self.assertTrue(set(statuses) <= {200, 503, None}, statuses)
        listed = lines(run("message", "list", "--data", self.path("data"), "--verdict", "accepted", "--limit",
                           "1000").stdout)
        self.assertGreaterEqual(len(listed), accepted, "acknowledged and lost")

    def test_second_server_on_the_same_folder_is_refused(self):
        with self.dev() as gateway:
            second = run("serve", "--dev", "--data", self.path("data"), "--http", "127.0.0.1:0")
            self.assertEqual(second.returncode, 2, second.stdout)
            self.assertEqual(second.stdout, "")
            self.assertIn("another server uses this data folder", second.stderr)
            self.assertEqual(gateway.request("GET", "/health")[0], 200)

    def test_dev_is_for_loopback_only(self):
        for address in ("0.0.0.0:0", "192.0.2.1:8080", "[::]:0"):
            refused = run("serve", "--dev", "--data", self.path("data"), "--http", address)
            self.assertEqual(refused.returncode, 2, address)
            self.assertEqual(refused.stdout, "")
            self.assertIn("loopback", refused.stderr)

    def test_survives_a_kill_and_takes_up_where_it_was(self):
        ids = {"X-Request-Id": str(uuid.uuid4()), "X-Correlation-Id": str(uuid.uuid4())}
        with self.dev() as gateway:
            self.assertEqual(gateway.post(referral(), ids)[0], 200)
            gateway.process.kill()
            gateway.process.wait(timeout=LIMIT)
        with self.dev() as gateway:
            self.assertEqual(gateway.post(referral(), ids)[0], 409)
            self.assertEqual(gateway.stop(), 0)

    def test_hostile_bodies_cost_bounded_memory_and_time(self):
        letter = json.loads(referral())
        letter["entry"][1]["resource"]["note"] = [{"text": "Saddle numbness and urinary retention."}]
        xml = run("format", "--xml", "-", stdin=json.dumps(letter)).stdout
        entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
        hostile = {
            "entities": ("xml", f'<!DOCTYPE Bundle [<!ENTITY l0 "ha">{entities}]>'
                         + xml[xml.index("<Bundle"):].replace("Thornbury", "&l11;")),
            "attributes": ("xml", xml.replace("<ServiceRequest", "<ServiceRequest" + "".join(
                f' a{i}=""' for i in range(1_000_000)), 1)),
            "depth": ("json", '{"resourceType":"Bundle","extension":' + '[{"extension":' * 100_000),
            "members": ("json", '{"resourceType":"Bundle"' + "".join(f',"k{i}":1' for i in range(1_000_000)) + "}"),
            "zeros": ("json", "0" * 16_000_000),
            "nodes": ("json", '{"resourceType":"List","entry":[' + '{"id":"a"},' * 1_400_000 + '{"id":"a"}]}'),
        }
        with self.dev() as gateway:
            gateway.request("GET", "/health")
            before = gateway.resident_bytes()
            peak, took = {}, {}
            for name, (form, body) in hostile.items():
                started = time.monotonic()
                status, _, answer = gateway.post(body.encode(), {"Content-Type": "application/fhir+" + form})
                self.assertEqual(status, 400, name)
                self.assertEqual(json.loads(answer)["resourceType"], "OperationOutcome")
                took[name] = round(time.monotonic() - started, 2)
                self.assertLess(took[name], 15, name)
                peak[name] = round((gateway.peak_bytes() - before) / 1e6)
            print(json.dumps({"peak_growth_mb": peak, "took_s": took}))
            # Several copies of 16 MB and a tree of a million nodes; a blow-up would be gigabytes.
            self.assertLess(gateway.peak_bytes() - before, 700e6)
            self.assertEqual(gateway.post(referral())[0], 200)
            self.assertEqual(gateway.stop(), 0)

    def test_as_of_lets_past_contracts_be_tried(self):
        message = read(os.path.join(SAMPLES, "referrals", "dorset-physiotherapy.json"), "rb")
        for instant, held in (("2020-01-06T10:00:00Z", False), ("2021-04-01T10:00:00Z", True)):
            with Gateway("--dev", "--data", self.path("data" + instant[:4]), "--http", "127.0.0.1:0",
                         "--as-of", instant) as gateway:
                status, _, body = gateway.post(message, {"X-Ligament-Partner": "dorset-practice"})
                self.assertEqual(status, 200, body)
                task = next(entry["resource"] for entry in json.loads(body)["entry"]
                            if entry["resource"]["resourceType"] == "Task")
                business = task["businessStatus"]["coding"][0]["code"]
                self.assertEqual(business, "held-for-review" if held else "awaiting-hub", instant)
                self.assertEqual(gateway.stop(), 0)

    def test_as_of(self):
        with self.dev("--as-of", "2027-03-01T09:00:00Z") as gateway:
            _, _, body = gateway.request("GET", "/fhir/metadata")
            self.assertTrue(json.loads(body)["date"].startswith("2027-03-01"))
        self.assertEqual(run("serve", "--as-of", "2027-03-01T09:00:00Z").returncode, 2)
        self.assertEqual(run("serve", "--dev", "--as-of", "tomorrow", "--data", self.path("x")).returncode, 2)

    def test_ready_time_and_idle_memory(self):
        took = []
        resident = 0
        for attempt in range(5):
            with Gateway("--dev", "--data", self.path(f"data{attempt}"), "--http", "127.0.0.1:0") as gateway:
                took.append(gateway.took)
                gateway.request("GET", "/health")
                resident = max(resident, gateway.resident_bytes())
                self.assertEqual(gateway.stop(), 0)
        print(json.dumps({"ready_ms": [round(value * 1000, 1) for value in sorted(took)],
                          "idle_rss_mb": round(resident / 1e6, 1), "binary": binary.ligament()}))
        # The targets (50 ms, 80 MB) are of the release build on a quiet machine; a debug build on a busy one gets more.
        self.assertLess(sorted(took)[0], 5)
        self.assertLess(resident, 300e6)


class Running(Case):
    def wait_for(self, gateway, event):
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:
            if any(json.loads(line)["event"] == event for line in gateway.log().splitlines() if line.startswith("{")):
                return
            time.sleep(0.05)
        self.fail(f"no {event} in the log: {gateway.log()}")

    def test_second_signal_ends_at_once(self):
        with self.dev() as gateway:
            status, _, _ = gateway.post(referral())
            self.assertEqual(status, 200)
            host, port = gateway.ready["http"].rsplit(":", 1)
            with socket.create_connection((host, int(port))) as held:
                held.sendall(b"POST /fhir/$process-message HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1")
                time.sleep(0.2)  # until the server has begun to read it
                gateway.process.send_signal(signal.SIGTERM)
                self.wait_for(gateway, "stopping")
                time.sleep(0.7)  # a signal right after the first is the same one
                began = time.monotonic()
                gateway.process.send_signal(signal.SIGTERM)
                self.assertEqual(gateway.process.wait(timeout=LIMIT), 1)
                self.assertLess(time.monotonic() - began, 5, "it waited for the drain")
        # What was acknowledged is there.
        ledger = run("ledger", "check", "--data", self.path("data"))
        self.assertEqual(lines(ledger.stdout)[-1], {"referrals": 1, "faults": 0})

    def test_one_wish_sent_twice_is_drained(self):
        with self.dev() as gateway:
            status, _, _ = gateway.post(referral())
            self.assertEqual(status, 200)
            host, port = gateway.ready["http"].rsplit(":", 1)
            with socket.create_connection((host, int(port))) as held:
                held.sendall(b"POST /fhir/$process-message HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{")
                time.sleep(0.2)  # until the server has begun to read it
                gateway.process.send_signal(signal.SIGTERM)
                gateway.process.send_signal(signal.SIGTERM)
                held.sendall(b"}")
                self.assertIn(b"HTTP/1.1 4", held.recv(4096), "the request under way was not answered")
            self.assertEqual(gateway.process.wait(timeout=LIMIT), 0)

    def test_services_are_read_again_on_hangup_when_they_are_good(self):
        shutil.copytree(os.path.join(SAMPLES, "services"), self.path("services"))
        shutil.copytree(os.path.join(SAMPLES, "config"), self.path("config"))
        config = self.path("config", "dev.yaml")
        sussex = self.path("services", "sussex.yaml")
        good = read(sussex)
        with Gateway("--dev", "--config", config, "--data", self.path("data"), "--http", "127.0.0.1:0") as gateway:
            with open(sussex, "w") as file:
                file.write(good + "\nno_such_key: [\n")
            gateway.process.send_signal(signal.SIGHUP)
            self.wait_for(gateway, "reload_refused")
            self.assertIn("sussex.yaml", gateway.log())
            self.assertEqual(gateway.post(referral())[0], 200, "the services of the start still stand")
            with open(sussex, "w") as file:
                file.write("# the same services, another digest\n" + good)
            gateway.process.send_signal(signal.SIGHUP)
            self.wait_for(gateway, "services_reloaded")
            self.assertNotIn("configuration_needs_a_restart", gateway.log())
            whole = read(config)
            start = whole.index("  - name: york-self-referral")
            with open(config, "w") as file:
                file.write(whole[:start] + whole[whole.index("  - name: dorset-practice"):] + "\nlimits: {drain: 9s}\n")
            gateway.process.send_signal(signal.SIGHUP)
            self.wait_for(gateway, "configuration_needs_a_restart")
            removed = [line for line in gateway.log().splitlines() if "partner_removed" in line]
            self.assertEqual(len(removed), 1)
            self.assertIn("york-self-referral", removed[0])
            self.assertEqual(gateway.post(referral())[0], 200)
            self.assertEqual(gateway.stop(), 0)

    def test_a_delivery_is_given_up_by_a_named_person(self):
        data = self.path("data")
        with self.dev() as gateway:
            self.assertEqual(gateway.post(referral())[0], 200)
            self.assertEqual(gateway.stop(), 0)
        pending = lines(run("message", "list", "--data", data, "--outbox", "pending").stdout)
        self.assertTrue(pending)
        number = str(pending[0]["delivery"])
        self.assertEqual(run("message", "abandon", "--data", data, number, "--by", "A. Person").returncode, 2,
                         "a reason is required")
        self.assertNotEqual(run("message", "abandon", "--data", data, number, "--by", "A. Person", "--reason",
                                "sent by post").returncode, 0, "only what is dead or parked")
        self.assertEqual(run("message", "park", "--data", data, number).returncode, 0)
        given_up = run("message", "abandon", "--data", data, number, "--by", "A. Person", "--reason", "sent by post")
        self.assertEqual(given_up.returncode, 0, given_up.stderr)
        self.assertEqual([str(row["delivery"]) for row in
                          lines(run("message", "list", "--data", data, "--outbox", "abandoned").stdout)], [number])
        task = lines(run("message", "list", "--data", data).stdout)
        self.assertTrue(task)


if __name__ == "__main__":
    binary.main(__doc__)
