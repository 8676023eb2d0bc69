"""The processes of one act: a gateway at one service on one day, and the stand-in partners around it."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
SAMPLES = HERE.parent
CONFIG = SAMPLES / "config" / "dev.yaml"
GATEWAY_PORT = 8080
MLLP_PORT = 2575
# Name, what it stands in for, port in the example configuration.
PARTNERS = [("hub", "hub", 9102), ("rota", "hub", 9104), ("provider", "pas", 9103), ("gp", "gp", 9101)]


class Failure(Exception):
    """The demonstration cannot go on."""


def started_at(pid):
    """Kernel's start time of a process: with the id it names one process for ever. None when there is none."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text[text.rindex(")") + 2:].split()
    return None if fields[0] == "Z" else fields[19]


class Crowd:
    """The processes of one run, written down so that a later run can stop them."""

    def __init__(self, folder):
        self.file = folder / "running.json"
        self.children = {}

    def start(self, name, command, environment, folder):
        out = open(folder / f"{name}.jsonl", "wb")
        err = open(folder / f"{name}.log", "wb")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment,
                                   start_new_session=True)
        self.children[name] = process
        running = [{"name": n, "pid": p.pid, "started": started_at(p.pid)} for n, p in self.children.items()]
        self.file.write_text(json.dumps(running) + "\n")
        return process

    def check(self):
        for name, process in self.children.items():
            if process.poll() is not None:
                raise Failure(f"{name} ended by itself with code {process.returncode}")

    def stop(self):
        """Ends everything that was written down, also by an earlier run. True when there was something."""
        try:
            running = json.loads(self.file.read_text())
        except (OSError, ValueError):
            return False
        # Partners first, so that the gateway drains with nothing new coming in.
        ours = [r for r in reversed(running) if r["started"] and started_at(r["pid"]) == r["started"]]
        for wanted in (signal.SIGTERM, signal.SIGKILL):
            for one in ours:
                if started_at(one["pid"]) == one["started"]:
                    os.kill(one["pid"], wanted)
            limit = time.monotonic() + 12
            while time.monotonic() < limit and any(started_at(r["pid"]) == r["started"] for r in ours):
                for process in self.children.values():
                    process.poll()
                time.sleep(0.05)
        self.file.unlink(missing_ok=True)
        return bool(ours)


def free_ports(wanted, fixed):
    """The wanted ports where they are free and `fixed` asks for them, others where they are not."""
    ports, holders = {}, []
    for port in wanted:
        for candidate in ([port, 0] if fixed else [0]):
            holder = socket.socket()
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                holder.bind(("127.0.0.1", candidate))
            except OSError:
                holder.close()
                continue
            ports[port] = holder.getsockname()[1]
            holders.append(holder)
            break
    for holder in holders:
        holder.close()
    return ports


def read_lines(path):
    lines = []
    try:
        text = path.read_text()
    except OSError:
        return lines
    for line in text.split("\n")[:-1]:
        try:
            lines.append(json.loads(line))
        except ValueError:
            pass
    return lines


class Stage:
    """One gateway with its store, and four stand-ins. `service` says who they are and what day it is."""

    def __init__(self, ligament, folder, service, fixed_ports):
        self.ligament = str(ligament)
        self.folder = folder
        self.data = folder / "data"
        self.service = service
        self.fixed = fixed_ports
        self.crowd = Crowd(folder)
        self.addresses = {}

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.crowd.stop()
        for old in (self.data, self.folder / "bodies", self.folder / "documents"):
            shutil.rmtree(old, ignore_errors=True)
        for old in list(self.folder.glob("*.jsonl")) + list(self.folder.glob("*.log")):
            old.unlink()
        ports = free_ports([GATEWAY_PORT, MLLP_PORT] + [port for _, _, port in PARTNERS], self.fixed)
        text = CONFIG.read_text()
        text = re.sub(r"127\.0\.0\.1:(\d+)", lambda m: f"127.0.0.1:{ports.get(int(m.group(1)), m.group(1))}", text)
        text = re.sub(r"(?m)^services: .*$", f"services: {json.dumps(str(SAMPLES / 'services'))}", text)
        text = re.sub(r"(?m)^data: .*$", f"data: {json.dumps(str(self.data))}", text)
        config = self.folder / "config.yaml"
        config.write_text(text)
        self.http = f"http://127.0.0.1:{ports[GATEWAY_PORT]}/fhir"
        self.mllp = ports[MLLP_PORT]
        environment = dict(os.environ, LIGAMENT_GATEWAY=self.http)
        self.launch("gateway", [self.ligament, "serve", "--dev", "--as-of", self.service.as_of, "--config", str(config),
                                "--http", f"127.0.0.1:{ports[GATEWAY_PORT]}", "--mllp", f"127.0.0.1:{self.mllp}"], environment)
        for name, role, port in PARTNERS:
            self.launch(name, [self.ligament, "partner", "--as", role, "--http", f"127.0.0.1:{ports[port]}",
                               "--script", str(self.script(name)), "--bodies", str(self.folder / "bodies" / name)], environment)
        for name in self.crowd.children:
            self.await_ready(name)

    def script(self, name):
        """The script of a stand-in, with the identity it has at this service."""
        text = (HERE / f"{name}.yaml").read_text()
        who = self.service.played_by.get(name)
        if who:
            text = re.sub(r"(?m)^  name: .*$", f"  name: {who[0]}", text, count=1)
            text = re.sub(r"(?m)^  ods: .*$", f"  ods: {who[1]}", text, count=1)
        path = self.folder / f"{name}.yaml"
        path.write_text(text)
        return path

    def launch(self, name, command, environment):
        self.crowd.start(name, command, environment, self.folder)

    def await_ready(self, name):
        limit = time.monotonic() + 30
        while time.monotonic() < limit:
            ready = [line for line in read_lines(self.folder / f"{name}.jsonl") if line.get("ready")]
            if ready:
                self.addresses[name] = ready[0]["http"]
                return
            if self.crowd.children[name].poll() is not None:
                break
            time.sleep(0.02)
        raise Failure(f"{name} did not get ready:\n" + (self.folder / f"{name}.log").read_text()[-2000:])

    def journal(self, name):
        return [line for line in read_lines(self.folder / f"{name}.jsonl") if "did" in line]

    def tool(self, *arguments):
        done = subprocess.run([self.ligament, *arguments, "--data", str(self.data)], capture_output=True, text=True,
                              timeout=30)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def settle(self):
        """Until nothing waits for delivery but the later steps of the rota: what a partner has seen, the gateway may
        not have written down yet."""
        limit = time.monotonic() + 5
        while time.monotonic() < limit:
            code, lines = self.tool("message", "list", "--outbox", "pending")
            if code == 0 and all(line["destination"] == "clinical-lead" for line in lines):
                return
            time.sleep(0.1)
