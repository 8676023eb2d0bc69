"""Unique referral messages, made from samples/demonstration."""
import json
import pathlib
import re
import uuid

HTEST = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def nhs_number(random):
    while True:
        digits = [9, 9, 9] + [random.randrange(10) for _ in range(6)]
        check = (11 - sum(digit * (10 - place) for place, digit in enumerate(digits)) % 11) % 11
        if check != 10:
            return "".join(map(str, digits + [check]))


class Message:
    """One referral of a practice, with the ids every attempt uses, and the statuses it got."""

    def __init__(self, kind, ubrn, body, random):
        self.kind = kind
        self.ubrn = ubrn
        self.body = body
        self.request_id = str(uuid.UUID(int=random.getrandbits(128), version=4))
        self.correlation_id = str(uuid.UUID(int=random.getrandbits(128), version=4))
        self.acknowledged = False


class V2Message:
    """The same as HL7 v2. Every attempt has a control id of its own, as engines give one."""

    TEXTS = {"route": "Right knee pain for six months, worse on stairs.",
             "urgent": "Back pain, now saddle numbness and urinary retention."}

    def __init__(self, kind, ubrn, random):
        self.kind = kind
        self.ubrn = ubrn
        self.request_id = f"V2 {random.getrandbits(48):012x}"
        self.number = nhs_number(random)
        self.family = f"Invented{random.randrange(10**6)}"
        self.attempts = 0
        self.acknowledged = False

    def control_id(self):
        return f"{self.request_id[3:]}{self.attempts}"

    def frame(self):
        segments = [
            f"MSH|^~\\&|GPSYSTEM|99S01|LIGAMENT|99S00|20261122095900||REF^I12^REF_I12|{self.control_id()}|T|2.4",
            f"RF1|P|R|||C|{self.ubrn}||||M25.5^Knee pain^I10",
            "PRD|RP|Trevithick^Anne^^^Dr|1 High Street^^Lewes^^BN7 1AA^GBR|^^^99S01||||G9990001^GMP",
            f"PID|1||{self.number}^^^NHS^NH||{self.family}^Wenna||19610409|F|||2 The Lane^^Lewes^^BN7 2AA^GBR",
            f"OBX|1|TX|||{self.TEXTS[self.kind]}",
        ]
        return b"\x0b" + "\r".join(segments).encode() + b"\r\x1c\r"


class Samples:
    KINDS = {"1-ordinary-knee": "route", "2-under-sixteen": "redirect", "3-red-flag": "urgent", "4-surgical-choice": "route"}

    def __init__(self, source):
        self.texts = []
        for name, kind in self.KINDS.items():
            bundle = json.loads((pathlib.Path(source) / "samples/demonstration" / f"{name}.json").read_text())
            for resource in [bundle] + [entry["resource"] for entry in bundle["entry"]]:
                tags = resource.setdefault("meta", {}).setdefault("tag", [])
                if not any(tag.get("code") == "HTEST" for tag in tags):
                    tags.append(HTEST)
            request = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "ServiceRequest")
            patient = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient")
            ubrn = next(i["value"] for i in request["identifier"] if i["system"].endswith("Id/UBRN"))
            number = next(i["value"] for i in patient["identifier"] if i["system"].endswith("Id/nhs-number"))
            self.texts.append((kind, json.dumps(bundle), ubrn, number, patient["name"][0]["family"]))

    def make(self, random):
        kind, text, ubrn, number, family = self.texts[random.choice([0, 0, 0, 1, 2, 3])]
        fresh = {}
        def renew(match):
            return fresh.setdefault(match.group(0), str(uuid.UUID(int=random.getrandbits(128), version=4)))
        text = UUID.sub(renew, text)
        new_ubrn = f"999{random.randrange(10**9):09d}"
        text = text.replace(ubrn, new_ubrn).replace(number, nhs_number(random))
        text = text.replace(family, f"Invented{random.randrange(10**6)}")
        return Message(kind, new_ubrn, text.encode(), random)

    def make_v2(self, random):
        return V2Message(random.choice(["route", "route", "route", "urgent"]), f"998{random.randrange(10**9):09d}", random)
