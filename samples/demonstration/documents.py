"""Every FHIR document that the gateway gives away in the demonstration, kept as files and judged by `ligament validate`.

Four kinds: what partners receive as messages, what is said to their requests, what can be read at the door (searched and read
as each partner, so that each sees what concerns it), and what the HL7 v2 messages that were sent become (`ligament convert`).
"""
import concurrent.futures
import itertools
import json
import os
import re
import subprocess
import urllib.error
import urllib.request

from stage import CONFIG, SAMPLES

LIMIT = 20
ROOT = SAMPLES.parent
OURS = ROOT / "conformance" / "package"
KINDS = [("received", "received by a partner"), ("answer", "answered to a partner"), ("searched", "found by a partner's search"),
         ("read", "read by a partner"), ("converted", "converted from HL7 v2")]
FIRST = ["Task", "Communication", "ServiceRequest", "Patient"]
# What an extension is to who does not have its package.
UNDEFINED = "there is no definition of this extension"


def uk_core():
    """Folder of the UK Core STU2 package; None where it is not."""
    suites = os.environ.get("LIGAMENT_SUITES")
    folder = (ROOT.parent / "shared" / "suites" if not suites else type(ROOT)(suites)) / "ukcore-stu2"
    return folder if folder.is_dir() else None


class Documents:
    """Files of one stage, in its folder `documents`: KIND-NAME-NUMBER.json or .xml."""

    def __init__(self, stage):
        self.stage = stage
        self.folder = stage.folder / "documents"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.numbers = itertools.count(1)

    def keep(self, kind, who, body, media_type="json"):
        if not body:
            return
        ending = "xml" if "xml" in media_type else "json"
        (self.folder / f"{kind}-{who}-{next(self.numbers):05}.{ending}").write_bytes(body)

    def collect(self, cases, sent):
        """While the gateway still runs. `sent` has what was sent of each case."""
        for path in sorted((self.stage.folder / "bodies").glob("*/*")):
            _, kind = path.stem.split("-")
            self.keep(kind, path.parent.name, path.read_bytes(), path.suffix)
        for case in cases:
            for one in sent[case.name]:
                self.keep("answer", case.sender or "mllp", one.body, one.media_type)
            if case.door == "MLLP":
                self.convert(case)
        self.read_door()

    def convert(self, case):
        done = subprocess.run([self.stage.ligament, "convert", str(case.path)], capture_output=True, timeout=LIMIT)
        if done.returncode == 0:
            self.keep("converted", case.path.stem, done.stdout)

    def get(self, partner, url, form="json"):
        """Body and media type; nothing for what the partner may not see."""
        request = urllib.request.Request(url, headers={"X-Ligament-Partner": partner, "Accept": f"application/fhir+{form}"})
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as response:
                return response.read(), response.headers["Content-Type"]
        except urllib.error.HTTPError:
            return None, ""

    def read_door(self):
        partners = re.findall(r"(?m)^  - name: (\S+)", CONFIG.read_text())
        body, media_type = self.get(partners[0], f"{self.stage.http}/metadata")
        self.keep("read", partners[0], body, media_type)
        types = [one["type"] for one in json.loads(body)["rest"][0]["resource"]
                 if any(done["code"] == "search-type" for done in one.get("interaction", []))]
        seen = set()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda partner: self.search_all(partner, types, seen), partners))

    def search_all(self, partner, types, seen):
        """Whom nothing of the first types concerns, nothing concerns."""
        if any([self.search(partner, f"{self.stage.http}/{kind}", seen) for kind in FIRST]):
            for kind in types:
                if kind not in FIRST:
                    self.search(partner, f"{self.stage.http}/{kind}", seen)

    def search(self, partner, url, seen):
        """Every page as JSON, and each resource by itself, once, as XML. False when there was nothing."""
        found = False
        while url:
            body, media_type = self.get(partner, url)
            bundle = json.loads(body) if body else {}
            if not bundle.get("entry"):
                break
            found = True
            self.keep("searched", partner, body, media_type)
            for entry in bundle["entry"]:
                resource = entry["resource"]
                name = (resource["resourceType"], resource["id"])
                if name not in seen:
                    seen.add(name)
                    self.keep("read", partner, *self.get(partner, f"{self.stage.http}/{'/'.join(name)}", "xml"))
            url = next((one["url"] for one in bundle["link"] if one["relation"] == "next"), None)
        return found


class Verdict:
    """What `ligament validate` says of all documents below a folder."""

    def __init__(self, ligament, folders):
        self.core = uk_core()
        packages = ["--package", str(OURS)] + (["--package", str(self.core)] if self.core else [])
        files = sorted(str(path) for folder in folders for path in (folder / "documents").glob("*"))
        self.documents, self.errors, self.warnings, self.without_narrative = 0, [], 0, 0
        self.kinds = {kind: 0 for kind, _ in KINDS}
        for first in range(0, len(files), 500):
            done = subprocess.run([ligament, "validate", *packages, "--ndjson", *files[first:first + 500]], capture_output=True,
                                  text=True, timeout=120)
            for line in done.stdout.splitlines():
                self.judge(json.loads(line))
        self.whole = self.documents == len(files) and self.documents > 0

    def judge(self, row):
        name = row["file"].rsplit("/", 1)[-1]
        self.documents += 1
        self.kinds[name.split("-")[0]] += 1
        for issue in row["outcome"]["issue"]:
            if issue["severity"] in ("error", "fatal") and not self.is_lacking(issue):
                self.errors.append((row["file"], issue.get("expression", ["?"])[0], issue.get("details", {}).get("text", "")))
            if issue["severity"] == "warning":
                bare = issue.get("details", {}).get("text", "").startswith("dom-6")
                self.without_narrative += bare
                self.warnings += not bare

    def is_lacking(self, issue):
        """Without UK Core its extensions have no definition, which is no fault of a document."""
        return not self.core and issue.get("details", {}).get("text", "").startswith(UNDEFINED)

    @property
    def good(self):
        return self.whole and not self.errors
