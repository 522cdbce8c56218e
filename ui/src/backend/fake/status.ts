/** How far the fake is, in the words of a real status. */
import type { CommandError, Phase, Status, VerdictWord } from '../backend'
import { grouped, percent } from '../../format/number'
import { report, sentenceOf, titleOf, worst } from './explain'
import { uniform, type World } from './world'

const NOT_FOUND: CommandError = {
  code: 'not-an-archive',
  title: 'Not a log archive',
  detail: 'holiday.jpg: expected a log or a sealed archive, found JPEG image data at offset 0.',
  hint: 'Choose a log file, a folder of logs, or a sealed archive.',
}

/** Checking is faster than indexing. */
const CHECK_LEAD = 1.6

export interface FakeState {
  world: World | undefined
  /** How far opening is, from 0 to 1. */
  share: number
  generation: number
  failed: boolean
  stopped: boolean
  changed: boolean
  /** Stands still at its share. */
  held: boolean
  zoneNote: string
}

export function statusOf(state: FakeState): Status {
  const { world, share } = state
  const checked = Math.min(1, share * CHECK_LEAD)
  const word = wordOf(world, checked)
  const sentence = sentenceSoFar(world, checked, word)
  const bytes = (world?.rows ?? 0) * 310
  const done = share >= 1
  return {
    generation: state.generation,
    phase: phaseOf(state),
    archives: world ? [archiveOf(state, world, checked, sentence)] : [],
    check: {
      doneBytes: Math.floor(bytes * checked),
      totalBytes: bytes,
      entries: Math.floor((world?.rows ?? 0) * checked),
      rateText: checked < 1 ? '412 MB/s' : '',
      etaText: checked >= 1 ? '' : share < 0.1 ? 'estimating…' : 'about 10 s left',
      firstProblem: word === 'broken' ? 'Entry 1,204 does not match its seal.' : null,
    },
    index: {
      percent: percent(share, 1),
      complete: done,
      fromCache: false,
      checkedAtText: done ? '2026-03-14 15:02:11 UTC' : '',
      etaText: done ? '' : 'about 1 min left',
    },
    verdictSoFar: { word, sentence },
    title: world
      ? `${word === 'unchecked' ? 'Checking' : titleOf(world)} — ${world.name}`
      : 'Sealscope',
    timeZoneNote: state.zoneNote,
    ledger: report(world ?? uniform('', 0, 'intact'), true, false).ledger,
    error: state.failed ? NOT_FOUND : null,
  }
}

function archiveOf(
  state: FakeState,
  world: World,
  checked: number,
  says: string,
): Status['archives'][0] {
  const word = worst(world)
  return {
    id: 0,
    name: world.name,
    format: world.trail ? 'cloudtrail' : word === 'unsealed' ? 'lines' : 'sealog',
    schema: 'kubernetes-audit',
    schemaGuessed: word === 'unsealed',
    verdict: checked >= 1 ? word : null,
    says,
    bytes: world.rows * 310,
    entries: world.rows,
    problems: word === 'broken' ? 3 : 0,
    changedOnDisk: state.changed,
  }
}

function phaseOf(state: FakeState): Phase {
  if (state.failed) return 'failed'
  if (!state.world) return 'none'
  if (state.stopped) return 'cancelled'
  if (state.share >= 1) return 'done'
  return state.share < 0.04 && !state.held ? 'opening' : 'working'
}

function wordOf(world: World | undefined, checked: number): VerdictWord {
  if (!world) return 'unchecked'
  if (checked >= 1) return worst(world)
  return checked > 0.2 && worst(world) === 'broken' ? 'broken' : 'unchecked'
}

function sentenceSoFar(world: World | undefined, checked: number, word: VerdictWord): string {
  if (!world) return ''
  if (checked >= 1) return sentenceOf(world)
  if (word === 'broken') return 'Break found at entry 1,204; the rest is still being checked.'
  const done = grouped(Math.floor(world.rows * checked))
  return `No problem so far: ${done} of ${grouped(world.rows)} entries checked.`
}
