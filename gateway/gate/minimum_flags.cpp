#include "gateway/gate/minimum_flags.hpp"

namespace gateway::gate {

const std::string_view kMinimumFlags = R"yaml(
flags:
  - condition: cauda-equina
    name: Cauda equina syndrome suspected
    route:
      id: emergency-department
      text: "Send the patient to the emergency department now and phone ahead. Emergency MRI within 4 hours."
      within: 4h
    codes: ["http://snomed.info/sct|192970008"]
    phrases:
      - cauda equina
      - caudaequina
      - saddle an*
      - saddle par*
      - saddle numb*
      - saddle hyp*
      - saddle sensory
      - saddle area
      - perianal an*
      - perianal numb*
      - perineal an*
      - perineal numb*
      - numb saddle
      - numb perineum
      - numb genital*
      - genital numb*
      - bilateral sciatica
      - bilateral leg weakness
      - bilateral foot drop
      - bilateral footdrop
      - painless urinary retention
      - painless retention
      - urinary retention
      - retention of urine
      - new urinary incontinence
      - faecal incontinence
      - fecal incontinence
      - bowel incontinence
      - incontinence of faeces
      - incontinence of feces
      - doubly incontinent
      - double incontinence
      - loss of bladder control
      - loss of bowel control
      - lost control of bladder
      - lost control of bowel*
      - reduced anal tone
      - loss of anal tone
      - lax anal tone
      - cant pass urine
      - cannot pass urine
      - unable to pass urine
      - cant feel when wiping
      - numbness when wiping
      - cant feel toilet paper
      - urinary hesitancy and back pain
    questions:
      - bladder
      - bowel*
      - saddle
      - perineal
      - perianal
      - incontinen*
      - sphincter*
      - sexual dysfunction
      - bilateral leg
    together:
      - within: 60
        groups:
          - [numb*, tingl*, paraesthesia*, paresthesia*, anaesthesia, anesthesia, "altered sensation", "loss of sensation", "lost sensation", "reduced sensation", "no feeling", "lost feeling", "loss of feeling", "cant feel", "cannot feel", "cant tell", "cannot tell", "pins and needles"]
          - [saddle, perine*, perianal, genital*, buttocks, "between the legs", "between her legs", "between his legs", "back passage", vagina*, scrot*, penis, anus, bottom, "private parts", "inner thighs", bum, wiping, "toilet paper"]
      - within: 80
        groups:
          - [bladder, bowel*, urin*, "passing water", "pass water", "waterworks", incontinen*, "wetting herself", "wetting himself", "soiling", sphincter]
          - [retention, incontinen*, dysfunction, disturb*, "loss of", "lost", "change in", "changes in", difficulty, hesitancy, "unable to", "cant control", "cannot control", "cant tell", "cannot tell", "not aware", unaware, numb*, weak*]
          - [back, sciatica, leg, legs, spine, spinal, lumbar, disc, radicul*]
      - within: 60
        groups:
          - ["both legs", "bilateral leg*", "both lower limbs", "bilateral lower limb*"]
          - [numb*, weak*, paraesthesia*, paresthesia*, "pins and needles", tingl*, "giving way"]
      - within: 80
        groups:
          - ["sexual dysfunction", "erectile dysfunction", impotence, "loss of erection", "loss of sexual function"]
          - [back, sciatica, leg, legs, numb*]
  - condition: spinal-cord-compression
    name: Metastatic or other spinal cord compression suspected
    route:
      id: mscc-coordinator
      text: "Phone the metastatic spinal cord compression coordinator at once. Whole-spine MRI within 24 hours."
      within: 24h
    codes: ["http://snomed.info/sct|71286001"]
    phrases: [mscc, "cord compression", "metastatic spinal", "spinal metast*", "vertebral metast*", "spinal mets"]
    questions: ["history of cancer", "cancer history", "previous cancer", "known cancer"]
    together:
      - groups:
          - [cancer, carcinoma, myeloma, malignan*, metast*, lymphoma, melanoma, "ca breast", "ca prostate", "ca lung"]
          - ["back pain", "spinal pain", "thoracic pain", "spine pain", "neck pain", "band like pain"]
          - ["leg weakness", "weak legs", "unsteady", "gait disturbance", "sensory level", "sensory loss", "limb weakness", "difficulty walking", "neurological deficit", "neuro deficit", "numb legs", hyperreflexia, "foot drop", "footdrop"]
  - condition: spinal-infection-or-septic-joint
    name: Spinal infection, septic arthritis or osteomyelitis suspected
    route:
      id: emergency-department
      text: "Same-day assessment: emergency department or on-call orthopaedics."
      within: 8h
    codes: ["http://snomed.info/sct|396234004", "http://snomed.info/sct|60168000"]
    phrases: ["septic arthritis", "septic joint", "septic hip", "septic knee", "infected joint", "infected prosthesis", "infected arthroplasty", "infective arthritis", "joint infection", "spinal infection", "infective discitis", discitis, spondylodiscitis, osteomyelitis, "epidural abscess", "spinal abscess", "psoas abscess", "hot swollen joint", "hot swollen knee", "red hot swollen", "hot red swollen"]
    questions: [fever*, "systemically unwell", "iv drug use", immunosuppress*]
    together:
      - within: 120
        groups:
          - [hot, red, erythemat*, warm]
          - [swollen, swelling, effusion]
          - [fever*, febrile, pyrexia*, rigors, "systemically unwell", septic, temperature, "unable to weight bear"]
      - within: 160
        groups:
          - [fever*, febrile, pyrexia*, rigors, "night sweats"]
          - ["back pain", "spinal pain", "spinal tenderness"]
  - condition: acute-injury
    name: Acute fracture, dislocation, tendon rupture or limb at risk
    route:
      id: fracture-clinic
      text: "Same-day emergency department or fracture clinic."
      within: 8h
    phrases: ["open fracture", "acute fracture", "suspected fracture", "possible fracture", "displaced fracture", "suspected scaphoid fracture", "acute dislocation", "dislocated shoulder", "dislocated hip", "dislocated knee", "dislocated patella", "compartment syndrome", "acute tendon rupture", "ruptured achilles", "achilles rupture", "achilles tendon rupture", "ruptured quadriceps", "quadriceps rupture", "patellar tendon rupture", "vascular compromise", "absent pulses", "pulseless limb", "pulseless foot", "cold pulseless"]
    questions: ["recent trauma", "significant trauma", "major trauma"]
  - condition: giant-cell-arteritis
    name: Giant cell arteritis suspected
    route:
      id: gca-fast-track
      text: "Rheumatology giant cell arteritis fast track, the same working day. With visual symptoms: ophthalmology the same day."
      within: 24h
    codes: ["http://snomed.info/sct|414341000"]
    phrases: ["giant cell arteritis", "temporal arteritis", "jaw claudication", "suspected gca", "query gca", "possible gca", "scalp tenderness", "tongue claudication"]
    questions: ["new headache", "jaw pain", "visual symptoms", "visual loss"]
    together:
      - groups:
          - ["new headache", "temporal headache", "temporal pain", "temple pain"]
          - ["scalp", "jaw", "visual loss", "visual disturbance", diplopia, amaurosis, "polymyalgia", pmr]
  - condition: suspected-cancer
    name: Cancer suspected
    route:
      id: urgent-suspected-cancer
      text: "Refer on the urgent suspected cancer pathway today; this service has no access to it."
      within: 24h
    phrases: ["suspected cancer", "suspected malignancy", "possible malignancy", "query malignancy", "suspected sarcoma", sarcoma, "suspected myeloma", "multiple myeloma", "bone tumour", "bone tumor", "soft tissue mass", "enlarging mass", "growing lump", "enlarging lump", "pathological fracture", "bone metast*", "bony metast*", "bone mets", "unexplained weight loss", "unintentional weight loss", "unintended weight loss", "two week wait", "2 week wait", "2ww", "urgent suspected cancer"]
    questions: ["weight loss", "night pain", lump, "suspicion of cancer", malignan*]
    together:
      - groups:
          - ["night pain", "pain at night", "nocturnal pain", "night sweats"]
          - ["weight loss", "lost weight", "losing weight"]
  - condition: cervical-myelopathy
    name: Cervical myelopathy or progressive motor deficit suspected
    route:
      id: spinal-surgery-urgent
      text: "Urgent spinal surgery referral; emergency if rapidly progressive."
      within: 24h
    phrases: [myelopathy, myelopathic, "progressive weakness", "progressive motor deficit", "progressive neurological deficit", "progressive neurology", "rapidly progressive weakness", "lhermitte*", "hoffmann* positive", "upper motor neurone signs", "upper motor neuron signs"]
    questions: ["progressive neuro*", "progressive weakness", "gait disturbance", "hand clumsiness"]
    together:
      - within: 160
        groups:
          - ["clumsy hands", "hand clumsiness", "clumsiness of hands", "loss of dexterity", "dropping things", "difficulty with buttons"]
          - [gait, unsteady, balance, falls, "neck pain", cervical]
  - condition: early-inflammatory-arthritis
    name: Early inflammatory arthritis suspected
    route:
      id: early-inflammatory-arthritis
      text: "Rheumatology early arthritis clinic; referred within 3 working days of presenting."
      within: 72h
    phrases: ["early inflammatory arthritis", "new inflammatory arthritis", "suspected inflammatory arthritis", "suspected rheumatoid arthritis", "persistent synovitis", "new synovitis", "suspected eia"]
    questions: ["persistent synovitis", "early morning stiffness over", "positive squeeze test"]
    together:
      - within: 200
        groups:
          - ["morning stiffness", "early morning stiffness", ems]
          - ["small joints", "mcp joints", "mcps", "pip joints", "pips", "squeeze test"]
          - [swollen, swelling, synovitis, boggy]
  - condition: fragility-fracture
    name: Insufficiency or vertebral fragility fracture suspected
    route:
      id: fracture-liaison
      text: "Urgent imaging and the fracture liaison service."
      within: 72h
    phrases: ["insufficiency fracture", "vertebral fracture", "vertebral fragility fracture", "suspected fragility fracture", "vertebral collapse", "wedge fracture"]
    together:
      - groups:
          - [osteoporosis, osteoporotic, "long term steroids", "long term prednisolone"]
          - ["sudden back pain", "sudden onset back pain", "acute back pain", "minimal trauma", "minor fall", "low energy fall"]
  - condition: limb-ischaemia-or-thrombosis
    name: Deep vein thrombosis or acute limb ischaemia suspected
    route:
      id: same-day-medical
      text: "Same-day medical assessment."
      within: 8h
    phrases: ["suspected dvt", "possible dvt", "query dvt", "deep vein thrombosis", "limb ischaemia", "limb ischemia", "ischaemic limb", "ischemic limb", "critical ischaemia"]
    questions: ["calf swelling", dvt]
    together:
      - within: 60
        groups:
          - [swollen, swelling]
          - [calf]
          - [tender, tenderness, hot, red, acute, sudden]
  - condition: child-safeguarding
    name: Child with limp and fever, or concern for a child's safety
    route:
      id: paediatric-same-day
      text: "Same-day paediatric assessment; safeguarding procedure where there is concern."
      within: 8h
    phrases: ["non accidental injury", "nonaccidental injury", "suspected nai", "limping child"]
    together:
      - within: 120
        groups:
          - [child, boy, girl, toddler, infant]
          - [limp, limping, "refusing to walk", "not weight bearing", "non weight bearing"]
          - [fever, febrile, pyrexia, hot, unwell]
  - condition: emergency-priority
    name: The sender coded an emergency
    route:
      id: emergency-department
      text: "Coded as an emergency: the emergency department, the same day. This service does not take emergencies."
      within: 4h
    codes: ["http://snomed.info/sct|306254002"]
  - condition: unspecified
    name: A red flag is stated and not named
    route:
      id: urgent-clinician
      text: "A clinician reads this referral now and decides the urgent route."
      within: 4h
    phrases: ["red flags present", "red flag present", "red flags positive", "red flags yes", "red flag yes", "red flag symptoms present", "positive red flag*", "has red flag*", "with red flag symptoms"]
    questions: ["red flag*"]
)yaml";

}  // namespace gateway::gate
