/** What the fake says about seals: the texts of a real report over the formula's breaks. */
import type {
  ArchiveReport,
  AspectView,
  BreakView,
  ChainNode,
  CheckRow,
  CheckState,
  OutsideView,
  ProofView,
  SignerView,
  VerdictWord,
  VerificationReport,
} from '../backend'
import { grouped } from '../../format/number'
import { digestOf, verdictAt, type World } from './world'

export const KEY_ID = '77b04e1a'
export const FINGERPRINT = digestOf('the key of acme')

const OUTSIDE: OutsideView[] = [
  {
    title: 'Timestamp',
    state: 'not-checkable',
    worth: 'not trusted',
    line: '2026-03-31T12:00:00Z by CN=Example TSA, not trusted, over the checkpoint of 4,096 entries',
    why: 'No root that you trust vouches for its signer.',
  },
  {
    title: 'Seen before',
    state: 'ok',
    worth: 'agrees',
    line: 'checkpoint of 2,048 entries, seen 2026-03-01T08:00:00Z, agrees',
    why: 'The first 2,048 entries have the root that it states.',
  },
]

export function worst(world: World): VerdictWord {
  const order: VerdictWord[] = ['intact', 'consistent', 'unproven', 'unsealed', 'broken']
  const worstIndex = Math.max(-1, ...world.ranges.map((range) => order.indexOf(range.verdict)))
  return order[worstIndex] ?? 'intact'
}

export function titleOf(world: World): string {
  const word = worst(world)
  if (word === 'broken') return 'Broken at entry 1,204'
  if (word === 'unproven') return 'Signed by a key you have not trusted'
  if (word === 'unsealed') return 'Unsealed'
  return word === 'intact' ? 'Intact' : 'Not checked'
}

export function sentenceOf(world: World): string {
  const count = grouped(world.rows)
  switch (worst(world)) {
    case 'broken':
      return `Broken at entry 1,204 and 2 more places; ${grouped(world.rows - 4097 - 12)} entries match their seals; the last 12 are not sealed.`
    case 'unproven':
      return `All ${count} entries match their seals, but the key ${KEY_ID} is not in your trusted keys. Anyone could have made this archive.`
    case 'unsealed':
      return 'This archive has no seals. It can be searched, but nothing can say whether it was changed.'
    default:
      return `All ${count} entries match their seals, signed by acme-ops (${KEY_ID}), a key you trust. The archive is closed.`
  }
}

export function breaksOf(world: World): BreakView[] {
  const middle = Math.floor(world.rows / 2)
  return worst(world) !== 'broken' ? [] : [modified(), removed(), bounded(middle)]
}

const NOT_TOLD = [
  'Who changed it, or when.',
  'That later entries are false: each entry is judged by its own seal.',
]

function modified(): BreakView {
  const claimed = digestOf('claimed 1204')
  return {
    kind: 'modified',
    title: 'Entry 1,204 does not match its seal',
    position: 1204,
    count: 1,
    found: null,
    stored: 1204,
    claimed,
    computed: `a3${claimed.slice(2)}`,
    file: null,
    offsetBytes: 2_046_496,
    exact: true,
    sentence:
      'Entry 1,204 was changed after it was sealed, or its seal was damaged. All other entries of this frame match.',
    canMean: [
      'The entry was edited after sealing.',
      'A storage or copy error changed a byte.',
      'The sealing program failed here.',
    ],
    doesNotTell: NOT_TOLD,
    nextStep:
      'Compare the entry with another copy of the archive, or with the system that wrote it.',
  }
}

function removed(): BreakView {
  return {
    ...modified(),
    kind: 'removed',
    title: '12 entries missing after entry 1,206',
    position: 1207,
    count: 12,
    stored: 1207,
    claimed: digestOf('claimed 1207'),
    computed: null,
    offsetBytes: 2_048_112,
    sentence: 'The seals cover 12 entries here that are not in the file.',
    canMean: ['The entries were cut out.', 'A part of the file was lost when it was copied.'],
    nextStep:
      'Look for the same hours in another copy; the missing entries would match these seals.',
  }
}

function bounded(middle: number): BreakView {
  return {
    ...modified(),
    title: `Broken between ${grouped(middle)} and ${grouped(middle + 4095)}`,
    position: middle,
    count: 4096,
    stored: middle,
    claimed: digestOf('claimed root'),
    computed: digestOf('computed root'),
    offsetBytes: 987_654_321,
    exact: false,
    sentence:
      'The leaf list of this frame was changed too, so the entry cannot be named. Everything outside the frame matches its seals.',
  }
}

export function signer(trusted: boolean): SignerView {
  return {
    name: 'acme-ops',
    keyId: KEY_ID,
    fingerprint: FINGERPRINT,
    vkey: `acme-ops+${KEY_ID}+AV5ZbE3jX0kq9cCw2m1uTt8pQZl4vYd0s7aXr3HnGk0u`,
    trusted,
    origin: 'log.acme.example/vpn-gw',
    checkpoints: 212,
    says: trusted
      ? 'Trusted since 2026-01-02.'
      : 'Found in the archive itself; not in your trusted keys.',
  }
}

export function aspects(word: VerdictWord): AspectView[] {
  const broken = word === 'broken'
  const unsealed = word === 'unsealed'
  const of = (name: string, state: CheckState, why = ''): AspectView => ({
    name,
    state: unsealed ? 'absent' : state,
    why: unsealed ? '' : why,
  })
  return [
    of('Content', broken ? 'broken' : 'ok', broken ? '2 places differ from their seals.' : ''),
    of('Order', broken ? 'broken' : 'ok', broken ? '12 positions are missing.' : ''),
    of('Seal', 'ok'),
    of(
      'Signer',
      word === 'unproven' ? 'not-checkable' : 'ok',
      word === 'unproven' ? 'The key is not in your trusted keys.' : '',
    ),
    of('Time', 'absent', 'The archive carries no timestamp from outside.'),
    of(
      'Completeness',
      broken ? 'not-checkable' : 'ok',
      broken ? 'The end is open: later entries could have been cut off.' : '',
    ),
  ]
}

function checks(world: World): CheckRow[] {
  const word = worst(world)
  const broken = word === 'broken'
  const state = (bad: boolean): CheckState =>
    word === 'unsealed' ? 'absent' : bad ? 'broken' : 'ok'
  return [
    { name: 'Header', state: state(false), result: 'read', scope: 'format sealog/1' },
    {
      name: 'Checkpoint signatures',
      state: word === 'unproven' ? 'not-checkable' : state(false),
      result: '212 of 212',
      scope: `key ${KEY_ID}`,
    },
    {
      name: 'Content of entries',
      state: state(broken),
      result: broken ? '2 differ' : 'all match',
      scope: `${grouped(world.rows)} entries`,
    },
    {
      name: 'Order and numbering',
      state: state(broken),
      result: broken ? '12 missing' : 'unbroken',
      scope: `${grouped(world.rows)} entries`,
    },
    {
      name: 'Frames against leaf lists',
      state: state(broken),
      result: broken ? '1 of 9,766 differs' : 'all match',
      scope: '9,766 frames',
    },
    {
      name: 'Close record',
      state: broken ? 'absent' : state(false),
      result: broken ? 'none: the end is open' : 'found',
      scope: 'end of the archive',
    },
  ]
}

export function archiveReport(world: World, trusted: boolean): ArchiveReport {
  const word = worst(world)
  const counts = {
    total: world.rows,
    control: 214,
    intact: 0,
    consistent: 0,
    unproven: 0,
    unsealed: 0,
    broken: 0,
    unchecked: 0,
  }
  for (const range of world.ranges) counts[range.verdict] += range.to - range.from
  const breaks = breaksOf(world)
  const sealed = word !== 'unsealed'
  return {
    id: 0,
    name: world.name,
    format: sealed ? 'sealog' : 'lines',
    verdict: word,
    title: titleOf(world),
    sentence: sentenceOf(world),
    strength: sealed ? 'signed' : '',
    also: [],
    tail:
      word === 'intact'
        ? { anchored: true, by: 'close', says: 'The archive is closed; nothing was cut off.' }
        : {
            anchored: false,
            by: '',
            says: 'The end is open: later entries could have been cut off.',
          },
    head: {
      anchored: sealed,
      by: sealed ? 'header' : '',
      says: sealed ? 'The header is covered by the first seal.' : 'Nothing fixes the beginning.',
    },
    checkedAtText: '2026-03-14 15:02:11 UTC',
    sha256: digestOf('file'),
    signers: sealed ? [signer(trusted)] : [],
    counts,
    ranges: world.ranges.map((range) => ({
      ...range,
      strength: range.verdict === 'unsealed' ? '' : 'signed',
    })),
    rangesTotal: world.ranges.length,
    breaks,
    breaksTotal: breaks.length,
    damage:
      word === 'broken'
        ? [
            {
              file: null,
              offsetBytes: world.rows * 300,
              reason:
                'A record begins here and the file ends after 212 of 4,096 bytes: a torn last write.',
            },
          ]
        : [],
    damageTotal: word === 'broken' ? 1 : 0,
    observations: [
      {
        kind: 'clock-reversed',
        title: 'Clock went back',
        position: 2_400_000,
        says: 'Entry 2,400,000 is 00:03:12 earlier than the entry before it.',
        canMean: ['the clock of the source was set back'],
        doesNotTell: ['which of the times are right'],
        nextStep: "Read the entries here in stored order, and compare with another source's clock.",
      },
    ],
    observationsTotal: 1,
    aspects: aspects(word),
    checks: checks(world),
    card: null,
    outside: OUTSIDE,
    profile: null,
    notes: [],
  }
}

export function report(world: World, trusted: boolean, running: boolean): VerificationReport {
  const ledger = {
    bytes: world.rows * 300,
    lines: world.rows,
    entries: world.rows,
    rows: world.rows,
    control: 214,
    undated: 17,
    rejected: 1,
    unparsed: 3,
  }
  return { archives: [archiveReport(world, trusted)], ledger, running }
}

export function chain(world: World, position: number, around: number): ChainNode[] {
  const nodes: ChainNode[] = []
  const first = Math.max(0, position - around)
  const flat = { under: false, file: null }
  const plain = { ...flat, note: '', here: false, position: null, digestShort: '' } as const
  if (first > 0)
    nodes.push({
      ...plain,
      kind: 'more',
      label: `${grouped(first)} before`,
      verdict: 'intact',
      link: 'none',
    })
  for (let at = first; at <= position + around && at < world.rows; at += 1) {
    const missing = world.missing.find((gap) => gap.before === at)
    if (missing) {
      nodes.push({
        ...plain,
        kind: 'missing',
        label: `${missing.count} missing`,
        verdict: 'broken',
        link: 'broken',
        note: `Positions ${grouped(at)} to ${grouped(at + missing.count - 1)}.`,
      })
    }
    const verdict = verdictAt(world, at)
    nodes.push({
      ...flat,
      kind: 'entry',
      label: grouped(at),
      position: at,
      digestShort: digestOf(`leaf ${at}`).slice(0, 12),
      verdict,
      link: nodes.length === 0 ? 'none' : verdict === 'broken' ? 'broken' : 'ok',
      note: verdict === 'broken' ? `Seal says ${digestOf('claimed 1204').slice(0, 12)}.` : '',
      here: at === position,
    })
  }
  nodes.push({
    ...plain,
    kind: 'checkpoint',
    label: 'Checkpoint 1',
    digestShort: digestOf('root').slice(0, 12),
    verdict: 'intact',
    link: 'ok',
    note: 'Signed by acme-ops.',
  })
  return nodes
}

export function proof(world: World, position: number): ProofView {
  const verdict = verdictAt(world, position)
  const leaf = digestOf(`leaf ${position}`)
  const broken = verdict === 'broken'
  const computed = broken ? `a3${leaf.slice(2)}` : leaf
  const path = Array.from({ length: 12 }, (_, n) => digestOf(`path ${position} ${n}`))
  return {
    sentence: broken
      ? "This entry's content does not match its seal."
      : verdict === 'unsealed'
        ? 'No seal covers this entry yet.'
        : 'This entry is the one that was sealed.',
    verdict,
    computed,
    claimed: verdict === 'unsealed' ? null : leaf,
    claimedFrom: 'the leaf list of the frame at byte 2,043,904',
    leafInput: 'SHA-256 of 0x00 and the 412 bytes of the entry',
    steps: [
      {
        label: 'Record framing',
        state: 'ok',
        detail: 'The record is 412 bytes and ends where the next one begins.',
      },
      {
        label: 'Content hash',
        state: broken ? 'broken' : 'ok',
        detail: broken
          ? 'The bytes give another digest than the leaf list states.'
          : 'The bytes give the digest that the leaf list states.',
      },
      {
        label: 'Inclusion path',
        state: broken ? 'broken' : 'ok',
        detail: '12 steps from the leaf to the root of checkpoint 1.',
      },
      {
        label: 'Signature',
        state: verdict === 'unproven' ? 'not-checkable' : 'ok',
        detail: `Checkpoint 1 is signed by acme-ops (${KEY_ID}).`,
      },
      { label: 'Timestamp', state: 'absent', detail: 'The archive carries none.' },
    ],
    worth: '',
    path,
    root: digestOf('root'),
    checkpoint: `log.acme.example/vpn-gw\n4096\n${digestOf('root').slice(0, 43)}=\n\n— acme-ops ${KEY_ID}…`,
    shellCommands: `zstd -dc vpn-gw-q1.sealog | sed -n '${position + 3}p' > entry\n(printf '\\0'; cat entry) | sha256sum`,
    exportText: `c2sp.org/tlog-proof@v1\nindex ${position}\n${path.join('\n')}\n`,
  }
}
