"""The five services as data: what day it is there, who plays whom, and which messages come in."""
import dataclasses
import pathlib

import steps

SAMPLES = pathlib.Path(__file__).resolve().parents[1]


@dataclasses.dataclass
class Case:
    name: str
    title: str
    file: str                     # below samples/; its ending says through which door it comes
    steps: object                 # function of a steps.View: pairs of text and seen
    sender: str = ""              # partner that sends it, over HTTP
    of: str = ""                  # the referral it belongs to, once all of that was seen
    control_id: str = ""          # another MSH-10 than that of the file
    twice: bool = False           # the same ids again at once

    @property
    def path(self):
        return SAMPLES / self.file

    @property
    def door(self):
        return "HTTP" if self.path.suffix == ".json" else "MLLP"


@dataclasses.dataclass
class Service:
    name: str
    as_of: str                    # the gateway's clock starts here
    what: str
    cases: list
    played_by: dict = dataclasses.field(default_factory=dict)   # stand-in: partner and ODS code it speaks as

    @property
    def folder(self):
        return f"{self.name.lower().replace(' ', '-')}-{self.as_of[:4]}"


def red_flag(file, holder, ods, sender=""):
    """Of a service with a hub."""
    return Case("red flag", "A red flag", file, steps.red_flag("seen by the duty clinician", holder, ods), sender=sender)


def letter(title, file, of="ordinary"):
    return Case("letter", title, file, steps.letter, of=of)


def refused(file, code, sender=""):
    return Case("refused", "A red flag in a message that is refused", file, steps.refused_but_heard(code), sender=sender)


BEDFORDSHIRE = Service(
    "Bedfordshire", "2014-07-01T09:35:00Z", "one hub; hospitals join one after the other; any hospital in England by choice",
    played_by={"hub": ("circle-hub", "99B10"), "provider": ("bedford-hospital", "99B20")},
    cases=[
        Case("ordinary", "An ordinary back", "messages/bedfordshire/1-ordinary-back.hl7",
             steps.accepted_by_hub("paper triage", "Circle Partnership", "99B10")),
        Case("activation", "A hospital that has not joined the hub yet", "referrals/bedfordshire-before-activation.json",
             steps.accepted_by_provider("referral without a hub", "Bedford Hospital", "99B20"), sender="bedford-practice"),
        Case("any hospital", "A hospital outside the network, chosen by the patient", "messages/bedfordshire/5-any-hospital.hl7",
             steps.accepted_by_hub("any hospital in England", "Circle Partnership", "99B10", "Fenland Orthopaedic Hospital")),
        Case("two-week wait", "Suspected cancer, which the hub cannot take", "messages/bedfordshire/2-two-week-wait.hl7",
             steps.cancer_route("01632 961150", "Circle Partnership", "99B10")),
        red_flag("messages/bedfordshire/3-red-flag.hl7", "Circle Partnership", "99B10"),
        letter("The letter of the hub", "messages/bedfordshire/4-letter-of-the-hub.hl7"),
    ])

OXFORDSHIRE = Service(
    "Oxfordshire", "2018-01-15T09:35:00Z", "one community provider after the other; Healthshare since October 2017",
    played_by={"hub": ("healthshare", "99O10")},
    cases=[
        Case("ordinary", "An ordinary shoulder", "referrals/oxfordshire-physiotherapy.json",
             steps.accepted_by_hub("paper triage", "Healthshare", "99O10"), sender="oxford-practice"),
        Case("not listed", "A practice the service does not list", "messages/oxfordshire/1-practice-not-listed.hl7",
             steps.held("practice-not-listed")),
        red_flag("messages/oxfordshire/2-red-flag.hl7", "Healthshare", "99O10"),
        refused("messages/oxfordshire/3-refused-with-red-flag.json", "400", sender="oxford-practice"),
        letter("The letter of the provider", "messages/oxfordshire/4-letter-of-the-provider.hl7"),
    ])

VALE_OF_YORK = Service(
    "Vale of York", "2018-06-15T10:35:00Z", "an integrated team; patients may refer themselves",
    played_by={"hub": ("york-msk-team", "99V10")},
    cases=[
        Case("ordinary", "A hip, on the named pathway", "referrals/vale-of-york-hip-pathway.json",
             steps.accepted_by_hub("paper triage", "Vale of York musculoskeletal service", "99V10"), sender="york-practice"),
        Case("self-referral", "The patient refers himself", "referrals/vale-of-york-self-referral.json",
             steps.self_referral("Vale of York musculoskeletal service", "99V10"), sender="york-self-referral"),
        Case("under eighteen", "A seventeen-year-old", "messages/vale-of-york/1-under-eighteen.hl7",
             steps.redirected("aged 18 and over", "Paediatric musculoskeletal service")),
        red_flag("messages/vale-of-york/2-red-flag.hl7", "Vale of York musculoskeletal service", "99V10"),
        letter("The letter of the team", "messages/vale-of-york/4-letter-of-the-team.hl7"),
    ])

DORSET = Service(
    "Dorset", "2020-01-06T09:35:00Z", "no hub: straight to the contracted provider",
    played_by={"provider": ("dorset-healthcare", "99D20")},
    cases=[
        Case("ordinary", "Ordinary physiotherapy", "referrals/dorset-physiotherapy.json",
             steps.accepted_by_provider("referral without a hub", "Dorset Healthcare", "99D20"), sender="dorset-practice"),
        Case("two-week wait", "Suspected cancer, which the provider cannot take", "messages/dorset/1-two-week-wait.hl7",
             steps.urgent_without_hub("suspected-cancer", "01632 964150")),
        Case("red flag", "A red flag", "messages/dorset/2-red-flag.hl7",
             steps.urgent_without_hub("cauda-equina", "mergency department")),
        Case("booked", "The provider's PAS books", "messages/dorset/3-booked-by-the-provider.hl7", steps.booked, of="ordinary"),
        letter("The letter of the provider", "messages/dorset/4-letter-of-the-provider.hl7", of="booked"),
    ])

DORSET_LATER = Service(
    "Dorset", "2021-06-01T10:35:00Z", "the same, two months after the musculoskeletal contract has ended",
    played_by={"provider": ("dorset-healthcare", "99D20")},
    cases=[
        Case("contract ended", "Physiotherapy, without a contract", "messages/dorset/5-after-the-contract.hl7",
             steps.held("no-live-contract")),
        Case("other contract", "Pain, whose contract runs on", "referrals/dorset-pain.json",
             steps.accepted_by_provider("referral without a hub", "Dorset Healthcare", "99D20"), sender="dorset-practice"),
    ])

SUSSEX = Service(
    "Sussex", "2026-11-20T09:35:00Z", "one hub; triage on paper; the patient's choice stays",
    cases=[
        Case("ordinary", "An ordinary knee", "demonstration/1-ordinary-knee.json",
             steps.accepted_by_hub("paper triage", "Sussex MSK Partnership", "99S10"), sender="downland-practice"),
        Case("shoulder", "An ordinary shoulder", "messages/sussex/2-ordinary-shoulder.hl7",
             steps.accepted_by_hub("paper triage", "Sussex MSK Partnership", "99S10")),
        Case("repeat", "The same shoulder under a new control id", "messages/sussex/2-ordinary-shoulder.hl7",
             steps.repeated, of="shoulder", control_id="SX-02-AGAIN"),
        Case("under sixteen", "A fifteen-year-old", "demonstration/2-under-sixteen.json",
             steps.redirected("aged 16 and over", "Paediatric musculoskeletal service"), sender="downland-practice"),
        Case("under sixteen v2", "Another fifteen-year-old", "messages/sussex/1-under-sixteen.hl7",
             steps.redirected("aged 16 and over", "Paediatric musculoskeletal service")),
        red_flag("demonstration/3-red-flag.json", "Sussex MSK Partnership", "99S10", sender="downland-practice"),
        refused("messages/sussex/3-refused-with-red-flag.hl7", "AE"),
        Case("choice", "A choice of surgeon", "demonstration/4-surgical-choice.json", steps.choice, sender="downland-practice",
             twice=True),
        Case("booked", "The surgeon's PAS books", "messages/sussex/5-booked-by-the-pas.hl7", steps.booked, of="choice"),
        letter("The letter of the hub", "messages/sussex/4-letter-of-the-hub.hl7"),
    ])

# In the order of their days; the last one can be left running.
SERVICES = [BEDFORDSHIRE, OXFORDSHIRE, VALE_OF_YORK, DORSET, DORSET_LATER, SUSSEX]
