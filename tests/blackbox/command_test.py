#!/usr/bin/env python3
"""The commands of the real binary that need no server.

  command_test.py --ligament build/dev/ligament [unittest arguments]

Real processes and sockets on free ports of loopback; nothing waits longer than its time limit. What the machine
lacks is skipped, visibly.
"""

import concurrent.futures
import io
import json
import os
import subprocess
import tarfile
import xml.etree.ElementTree as ElementTree

import binary
from binary import Case, FHIR, LIMIT, ROOT, SAMPLES, lines, read, referral, run


SUITES = os.environ.get("LIGAMENT_SUITES") or os.path.join(ROOT, "..", "shared", "suites")
UK_CORE = os.path.join(SUITES, "ukcore-stu2")
# What our samples and messages are valid against: extensions of UK Core are errors to who does not know them.
PACKAGES = ["--package", os.path.join(ROOT, "conformance", "package"), "--package", UK_CORE]


class Tools(Case):
    def sample(self, name="1-ordinary-knee.json"):
        return os.path.join(SAMPLES, "demonstration", name)

    def save(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def test_help_and_usage(self):
        for command in ([], ["serve"], ["format"], ["snapshot"], ["validate"], ["fhirpath"], ["convert"], ["transform"], ["route"], ["partner"], ["backup"]):
            helped = run(*command, "--help")
            self.assertEqual(helped.returncode, 0, command)
            self.assertEqual(helped.stderr, "")
            if command:
                self.assertIn("Example", helped.stdout)
        for wrong in ([], ["no-such-command"], ["format"], ["serve"], ["validate", "--no-such-option", "x"],
                      ["format", self.path("absent.json")], ["route", self.path("absent.json")],
                      ["snapshot"], ["snapshot", self.path("absent.json")],
                      ["validate", self.path("absent.json")], ["fhirpath", "1", self.path("absent.json")]):
            refused = run(*wrong)
            self.assertEqual(refused.returncode, 2, wrong)
            self.assertEqual(refused.stdout, "", wrong)
            self.assertNotEqual(refused.stderr, "", wrong)

    def test_format_goes_to_xml_and_back(self):
        xml = run("format", "--xml", self.sample())
        self.assertEqual(xml.returncode, 0, xml.stderr)
        self.assertEqual(ElementTree.fromstring(xml.stdout).tag, FHIR + "Bundle")
        back = run("format", "-", stdin=xml.stdout)
        self.assertEqual(back.returncode, 0, back.stderr)
        self.assertEqual(json.loads(back.stdout), json.loads(referral()))
        again = run("format", "--json", "-", stdin=back.stdout)
        self.assertEqual(again.stdout, back.stdout)
        bad = run("format", "-", stdin='{"resourceType":"Patient","gender":')
        self.assertEqual(bad.returncode, 1, bad.stdout + bad.stderr)

    def test_validate(self):
        if not os.path.isdir(UK_CORE):
            self.skipTest("no ukcore-stu2 in LIGAMENT_SUITES")
        good = run("validate", *PACKAGES, self.sample())
        self.assertEqual(good.returncode, 0, good.stdout)
        self.assertEqual(json.loads(good.stdout)["resourceType"], "OperationOutcome")
        patient = self.save("bad.json", '{"resourceType":"Patient","birthDate":"1961-13-01","zzcanary":1}')
        bad = run("validate", patient)
        self.assertEqual(bad.returncode, 1)
        places = [place for issue in json.loads(bad.stdout)["issue"] for place in issue.get("expression", [])]
        self.assertIn("Patient.birthDate", places)
        broken = self.save("broken.json", "{")
        all_of = run("validate", "--ndjson", self.sample(), patient, broken)
        self.assertEqual(all_of.returncode, 1)
        rows = lines(all_of.stdout)
        self.assertEqual([row["file"] for row in rows], [self.sample(), patient, broken])
        self.assertEqual(rows[2]["outcome"]["issue"][0]["severity"], "fatal")
        self.assertEqual(run("validate", *PACKAGES, "--ndjson", self.sample()).returncode, 0)
        self.assertEqual(run("validate", self.sample(), patient).returncode, 2, "one file without --ndjson")

    def test_validate_options_change_the_verdict(self):
        patient = '{"resourceType":"Patient",%s}'
        named = self.save("named.json", json.dumps({
            "resourceType": "StructureDefinition", "url": "http://fhir.invalid/named", "name": "Named", "status": "draft",
            "kind": "resource", "abstract": False, "type": "Patient", "derivation": "constraint",
            "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
            "differential": {"element": [{"id": "Patient.name", "path": "Patient.name", "min": 1}]}}))
        bundle = ('{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://a.invalid/Patient/1",'
                  '"resource":{"resourceType":"Patient","id":"1"}}]}')
        extended = patient % '"extension":[{"url":"http://%s/x","valueCode":"a"}]'
        rows = (
            (patient % '"active":true /* said */', ["--allow-comments"], 1, 0),
            (extended % "example.org", ["--refuse-examples"], 0, 1),
            (extended % "fhir.invalid", ["--allow-unknown-extensions"], 1, 0),
            (patient % '"managingOrganization":{"reference":"Patient/1"}', ["--trust-references"], 0, 1),
            (patient % '"contained":[{"resourceType":"Patient","id":"a"}]', ["--ignore-contained"], 1, 0),
            (patient % '"name":[{"text":"<b>a</b>"}]', ["--no-security-checks"], 1, 0),
            (patient % '"active":true', ["--profile", named], 0, 1),
            (bundle, ["--package", named, "--bundle", "Patient:0", "http://fhir.invalid/named"], 0, 1),
            (bundle, ["--package", named, "--bundle", "Patient:1", "http://fhir.invalid/named"], 0, 0),
        )
        for text, options, plain, chosen in rows:
            file = self.save("one.json", text)
            self.assertEqual(run("validate", file).returncode, plain, text)
            self.assertEqual(run("validate", *options, file).returncode, chosen, options)
        pattern = self.save("pattern.json", patient % '"gender":"$choice:male|female$"')
        for gender, code in (("male", 0), ("other", 1)):
            file = self.save("one.json", patient % f'"gender":"{gender}"')
            self.assertEqual(run("validate", "--matchetype", pattern, file).returncode, code, gender)
        advised = self.save("one.json", patient % '"active":true')
        self.assertIn("dom-6", run("validate", advised).stdout)
        self.assertNotIn("dom-6", run("validate", "--no-best-practice", advised).stdout)

    def test_convert(self):
        folder = os.path.join(ROOT, "mappings", "packs")
        knee = os.path.join(folder, "hl7v2-ref", "golden", "knee-in-full.hl7")
        receipt = self.path("receipt.json")
        made = run("convert", "--receipt", receipt, knee)
        self.assertEqual(made.returncode, 0, made.stderr)
        [bundle] = lines(made.stdout)
        self.assertEqual((bundle["resourceType"], bundle["type"]), ("Bundle", "message"))
        self.assertEqual(made.stdout, run("convert", "-", stdin=read(knee)).stdout, "the same each time")
        [told] = lines(read(receipt))
        self.assertEqual(told["controlId"], "DP000101")
        came_from = {}
        for resource, *elements in told["elements"]:
            for path, rule, *sources in elements:
                self.assertTrue(told["maps"][told["rules"][rule][0]])
                came_from[f"{resource}.{path}"] = [told["sources"][source] for source in sources]
        [birth_date] = [came_from[path] for path in came_from if path.endswith(".birthDate")]
        [(place, offset, length)] = birth_date
        self.assertEqual((place, read(knee, "rb")[offset:offset + length]), ("PID[1]-7[1]", b"19580314"))
        self.assertTrue(all(place["length"] > 0 for place in told["unmapped"]))
        again = run("format", "--json", "-", stdin=run("format", "--xml", "-", stdin=made.stdout).stdout)
        self.assertEqual(json.loads(again.stdout), bundle)

        self.check_converted(folder, made.stdout)

        merge = read(os.path.join(folder, "hl7v2-adt", "golden", "merge.hl7"))
        refused = merge.replace("ADT^A40^ADT_A39", "BAR^P01")
        both = run("convert", "-", stdin=merge + refused)
        self.assertEqual(both.returncode, 1)
        self.assertEqual([line["resourceType"] for line in lines(both.stdout)], ["Bundle", "OperationOutcome"])
        errors = [issue for issue in lines(both.stdout)[1]["issue"] if issue["severity"] == "error"]
        self.assertEqual(errors[0]["expression"], ["MSH[1]-9[1].1"])

        passed = run("convert", self.sample())
        self.assertEqual(lines(passed.stdout)[0]["id"], json.loads(referral())["id"])
        ours = run("convert", "--partner", "downland-practice", knee)
        self.assertEqual(lines(ours.stdout)[0]["entry"][0]["resource"]["source"]["endpoint"],
                         "https://fhir.nhs.uk/Id/dos-service-id|2000099101")
        back = run("convert", "--to", "hl7v2:REF_I12", knee)
        self.assertEqual(back.returncode, 0, back.stderr)
        self.assertIn("Penhaligon^Margaret", back.stdout)
        for wrong in (["--to", "hl7v2:ORU_R01", knee], ["--to", "cda", knee], ["--partner", "nobody", knee], ["--packs", self.path("none"), knee],
                      [self.path("absent.hl7")]):
            self.assertEqual(run("convert", *wrong).returncode, 2, wrong)

    def check_converted(self, folder, referral_of_today):
        """What HL7 v2 messages become is valid by our own command: that of now, and the goldens of every flow."""
        if not os.path.isdir(UK_CORE):
            print("no ukcore-stu2 in LIGAMENT_SUITES: converted messages are not validated")
            return
        goldens = sorted(os.path.join(place, name) for place, _, names in os.walk(folder) for name in names
                         if place.endswith("golden") and "out-" not in place and name.endswith(".json"))
        self.assertGreater(len(goldens), 20)
        judged = run("validate", *PACKAGES, "--ndjson", self.save("referral.json", referral_of_today), *goldens)
        errors = [(os.path.basename(row["file"]), issue["expression"], issue["details"]["text"]) for row in lines(judged.stdout)
                  for issue in row["outcome"]["issue"] if issue["severity"] in ("error", "fatal")]
        self.assertEqual(errors, [])
        self.assertEqual((judged.returncode, len(lines(judged.stdout))), (0, len(goldens) + 1))

    def package(self, name, *resources):
        """A FHIR package archive of these resources."""
        with tarfile.open(self.path(name), "w:gz") as archive:
            for number, resource in enumerate([{"name": "example.package", "version": "1.0.0"}, *resources]):
                content = json.dumps(resource).encode()
                entry = tarfile.TarInfo("package/package.json" if number == 0 else f"package/Resource-{number}.json")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        return self.path(name)

    def test_transform(self):
        head = ('uses "http://hl7.org/fhir/StructureDefinition/Patient" as source\n'
                'uses "http://hl7.org/fhir/StructureDefinition/Patient" as target\n')
        first = self.file("main.map", 'map "urn:main" = "main"\n' + head + 'imports "urn:part"\n'
                           "group main(source s : Patient, target t : Patient) {\n"
                           "  s.id as v -> t.id = v;\n"
                           "  s -> t then part(s, t);\n}\n")
        second = self.file("part.map", 'map "urn:part" = "part"\n' + head +
                            "group part(source s : Patient, target t : Patient) {\n"
                            "  s.gender as v -> t.language = translate(v, 'urn:table', 'code');\n}\n")
        table = self.file("table.json", json.dumps({
            "resourceType": "ConceptMap", "url": "urn:table", "status": "active",
            "group": [{"element": [{"code": "female", "target": [{"code": "en", "equivalence": "equal"}]}]}]}))
        patient = self.file("patient.json", '{"resourceType":"Patient","id":"a","gender":"female"}')
        result = run("transform", "--map", first, "--map", second, "--package", table, patient)
        self.assertEqual((result.returncode, result.stdout),
                         (0, '{"resourceType":"Patient","id":"a","language":"en"}\n'), result.stderr)
        from_input = run("transform", "--map", first, "--map", second, "--package", os.path.dirname(table), "-",
                         stdin=read(patient))
        self.assertEqual((from_input.returncode, from_input.stdout), (0, result.stdout), from_input.stderr)
        # A packed package: only what the maps name is read of it, and what that falls back to.
        fallback = {"resourceType": "ConceptMap", "url": "urn:fallback", "status": "active", "group": [{"element": [
            {"code": "female", "target": [{"code": "en", "equivalence": "equal"}]}]}]}
        lacking = {"resourceType": "ConceptMap", "url": "urn:lacking", "status": "active",
                   "group": [{"unmapped": {"mode": "other-map", "url": "urn:nowhere"}}]}
        named = dict(lacking, url="urn:table", group=[{"unmapped": {"mode": "other-map", "url": "urn:fallback"}}])
        packed = self.package("tables.tgz", fallback, lacking, named)
        from_package = run("transform", "--map", first, "--map", second, "--package", packed, patient)
        self.assertEqual((from_package.returncode, from_package.stdout), (0, result.stdout), from_package.stderr)
        self.assertEqual(run("transform", "--map", first, "--package", self.path("absent.tgz"), patient).returncode, 2)
        unknown = run("transform", "--map", first, "--map", second, patient)
        self.assertEqual(unknown.returncode, 1)
        issue = json.loads(unknown.stdout)["issue"][0]
        self.assertIn("part.map", issue["details"]["text"])
        self.assertEqual(issue["diagnostics"], "line 5, column 46")
        self.assertEqual(run("transform", "--map", self.path("absent.map"), patient).returncode, 2)
        self.assertEqual(run("transform", patient).returncode, 2)

    def profile(self, url, base, *elements):
        return {"resourceType": "StructureDefinition", "url": url, "name": "Example", "status": "draft", "kind": "resource",
                "abstract": False, "type": "Patient", "baseDefinition": base, "derivation": "constraint",
                "differential": {"element": list(elements)}}

    def test_snapshot(self):
        base = self.profile("https://example.org/fhir/Base", "http://hl7.org/fhir/StructureDefinition/Patient",
                            {"path": "Patient.birthDate", "min": 1})
        derived = self.profile("https://example.org/fhir/Derived", base["url"], {"path": "Patient.identifier.system", "min": 1})
        base_file = self.file("base.json", json.dumps(base))
        derived_file = self.save("derived.json", json.dumps(derived))
        made = run("snapshot", "--package", base_file, derived_file)
        self.assertEqual((made.returncode, made.stderr), (0, ""), made.stdout)
        elements = {each["id"]: each for each in json.loads(made.stdout)["snapshot"]["element"]}
        self.assertEqual(elements["Patient.birthDate"]["min"], 1)
        self.assertEqual(elements["Patient.identifier.system"]["min"], 1)
        self.assertEqual(elements["Patient.identifier.system"]["base"]["path"], "Identifier.system")
        xml = run("format", "--xml", derived_file).stdout
        as_xml = run("snapshot", "--package", os.path.dirname(base_file), "-", stdin=xml)
        self.assertEqual(as_xml.returncode, 0, as_xml.stderr)
        self.assertEqual(ElementTree.fromstring(as_xml.stdout).tag, FHIR + "StructureDefinition")
        self.assertEqual(json.loads(run("format", "-", stdin=as_xml.stdout).stdout), json.loads(made.stdout))
        for wrong in ([derived_file], [self.sample()],
                      [self.save("wrong.json", json.dumps(self.profile("urn:w", base["baseDefinition"], {"path": "Patient.nothing"})))]):
            refused = run("snapshot", *wrong)
            self.assertEqual(refused.returncode, 1, wrong)
            self.assertEqual(json.loads(refused.stdout)["resourceType"], "OperationOutcome")
        self.assertEqual(run("snapshot", "--package", self.path("absent.tgz"), derived_file).returncode, 2)

    def test_fhirpath(self):
        patient = self.save("patient.json", '{"resourceType":"Patient","name":[{"family":"A"},{"family":"B"}],'
                                            '"birthDate":"1961-04-09","active":true}')
        result = run("fhirpath", "Patient.name.family", patient)
        self.assertEqual((result.returncode, lines(result.stdout)), (0, ["A", "B"]), result.stderr)
        wrong = run("fhirpath", "Patient..name", patient)
        self.assertNotEqual(wrong.returncode, 0)
        self.assertEqual(wrong.stdout, "")
        requests = [
            {"id": "1", "file": "patient.json", "expression": "birthDate"},
            {"id": "2", "file": "patient.json", "expression": "name..x"},
            {"id": "3", "file": "patient.json", "expression": "1.10 + 1"},
            {"id": "4", "file": "patient.json", "expression": "family", "context": "Patient.name[1]"},
            {"id": "5", "file": "absent.json", "expression": "1"},
            {"id": "6", "file": "patient.json", "expression": "active.not()"},
        ]
        done = subprocess.run([binary.ligament(), "fhirpath", "--batch"], input="".join(json.dumps(r) + "\n" for r in requests),
                              capture_output=True, text=True, timeout=LIMIT, cwd=self.folder, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        answers = lines(done.stdout)
        self.assertEqual([row["id"] for row in answers], ["1", "2", "3", "4", "5", "6"])
        self.assertEqual(answers[0]["result"], [{"type": "date", "value": "1961-04-09"}])
        self.assertEqual(answers[1]["error"]["kind"], "syntax")
        self.assertIn("2.10", done.stdout.splitlines()[2])
        self.assertEqual(answers[3]["result"][0]["value"], "B")
        self.assertIn("error", answers[4])
        self.assertEqual(answers[5]["result"][0]["value"], False)

    def test_batch_answers_each_line_before_the_next_is_sent(self):
        self.save("patient.json", '{"resourceType":"Patient","active":true}')
        with subprocess.Popen([binary.ligament(), "fhirpath", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, cwd=self.folder) as process, \
                concurrent.futures.ThreadPoolExecutor(1) as reader:
            for number in range(3):
                process.stdin.write(json.dumps({"id": str(number), "file": "patient.json",
                                                "expression": "active"}) + "\n")
                process.stdin.flush()
                answer = reader.submit(process.stdout.readline).result(timeout=LIMIT)
                self.assertEqual(json.loads(answer)["id"], str(number))
            process.stdin.close()
            self.assertEqual(process.wait(timeout=LIMIT), 0)

    def test_route(self):
        expected = {"1-ordinary-knee.json": "route", "2-under-sixteen.json": "redirect", "3-red-flag.json": "urgent"}
        for name, decision in expected.items():
            result = run("route", "--at", "2026-11-20T10:00:00Z", self.sample(name))
            self.assertEqual(result.returncode, 0, result.stderr)
            answer = json.loads(result.stdout)
            self.assertEqual(answer["decision"], decision, name)
            self.assertTrue({"decision", "service", "destination", "rules", "refused"} <= answer.keys(), answer.keys())
            if decision != "urgent":
                self.assertTrue(all({"id", "version", "requirement"} <= rule.keys() for rule in answer["rules"]))
        self.check_routes()
        held = run("route", self.save("other.json", '{"resourceType":"Patient"}'))
        self.assertEqual((held.returncode, json.loads(held.stdout)["decision"]), (0, "hold"))
        self.assertEqual(run("route", self.save("bad.json", "{")).returncode, 1)

    def check_routes(self):
        """Every row of samples/referrals/README.md, and the day that changes it."""
        rows = (("bedfordshire-back-pain", "2014-05-20", "route", "circle-hub"),
                ("bedfordshire-before-activation", "2014-07-01", "route", "bedford-hospital"),
                ("bedfordshire-before-activation", "2014-10-01", "route", "circle-hub"),
                ("bedfordshire-any-hospital", "2015-01-15", "route", "circle-hub"),
                ("bedfordshire-advice", "2015-01-15", "route", "circle-hub"),
                ("oxfordshire-physiotherapy", "2017-09-30", "route", "oxford-msk-before"),
                ("oxfordshire-physiotherapy", "2018-01-15", "route", "healthshare"),
                ("vale-of-york-hip-pathway", "2018-06-15", "route", "york-msk-team"),
                ("vale-of-york-self-referral", "2018-06-15", "route", "york-msk-team"),
                ("vale-of-york-self-referral", "2017-02-28", "hold", None),
                ("dorset-physiotherapy", "2020-01-06", "route", "dorset-healthcare"),
                ("dorset-physiotherapy", "2021-04-01", "hold", None),
                ("dorset-pain", "2021-06-01", "route", "dorset-healthcare"),
                ("dorset-pain", "2022-04-01", "hold", None))
        for name, day, decision, destination in rows:
            result = run("route", "--services", os.path.join(SAMPLES, "services"), "--at", day + "T10:00:00Z",
                         os.path.join(SAMPLES, "referrals", name + ".json"))
            self.assertEqual(result.returncode, 0, result.stderr)
            answer = json.loads(result.stdout)
            self.assertEqual((answer["decision"], answer["destination"]), (decision, destination), (name, day))
        if os.path.isdir(UK_CORE):
            names = sorted({row[0] for row in rows})
            validated = run("validate", *PACKAGES, "--ndjson",
                            *(os.path.join(SAMPLES, "referrals", name + ".json") for name in names))
            self.assertEqual(validated.returncode, 0, validated.stdout)


if __name__ == "__main__":
    binary.main(__doc__)
