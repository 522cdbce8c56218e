/** A CloudTrail folder of the fake: hours under digests, checked once public keys are given. */
import type { ArchiveReport, ChainNode, CheckState } from '../backend'
import { grouped } from '../../format/number'
import { digestOf, type World } from './world'

const HOURS = 6

export function trailReport(report: ArchiveReport, world: World, notes: string[]): ArchiveReport {
  const proven = world.ranges.every((range) => range.verdict === 'intact')
  const state: CheckState = proven ? 'ok' : 'not-checkable'
  const check = (name: string, result: string, scope: string) => ({ name, state, result, scope })
  const open = { anchored: false, by: '' }
  return {
    ...report,
    format: 'cloudtrail',
    title: proven ? 'Intact' : 'Could not be proven',
    sentence: proven
      ? `All ${grouped(world.rows)} entries are in log files that signed digests list.`
      : 'No public key was given, so no digest could be checked.',
    signers: [],
    head: { ...open, says: 'The beginning is open: entries could have been cut off there.' },
    tail: { ...open, says: 'The end is open: entries could have been cut off there.' },
    checks: [
      check('Digest signatures', proven ? '6 of 6' : '0 of 6', '6 digests'),
      check('Links from digest to digest', '', '6 digests'),
      check('Log files listed and unchanged', '0 broken', `${grouped(world.rows)} entries`),
    ],
    card: proven
      ? null
      : {
          canMean: ['the public keys of this time and region were not given'],
          doesNotTell: ['that anything was changed'],
          nextStep: 'Collect signatures and public keys as shown here, and give public-keys.json.',
          recipe: 'aws s3 sync s3://BUCKET/ bucket/\naws cloudtrail list-public-keys\n',
          wantsKey: true,
          wantsAnchor: false,
        },
    notes,
  }
}

export function trailChain(world: World, position: number, around: number): ChainNode[] {
  const size = Math.ceil(world.rows / HOURS)
  const middle = Math.floor(position / size)
  const nodes: ChainNode[] = []
  const verdict = world.ranges[0]?.verdict ?? 'unproven'
  for (
    let hour = Math.max(0, middle - around);
    hour < HOURS && hour <= middle + around;
    hour += 1
  ) {
    nodes.push({
      kind: 'checkpoint',
      label: `Digest of ${hour}:00 to ${hour + 1}:00`,
      position: hour * size,
      digestShort: '',
      verdict,
      link: nodes.length === 0 ? 'none' : 'ok',
      note: `covers ${grouped(size)} entries`,
      here: false,
      under: false,
      file: `AWSLogs/1/CloudTrail-Digest/${hour}.json.gz`,
    })
    if (hour === middle) nodes.push(...entriesUnder(position, verdict))
  }
  return nodes
}

function entriesUnder(position: number, verdict: ChainNode['verdict']): ChainNode[] {
  return [position, position + 1].map((at) => ({
    kind: 'entry',
    label: grouped(at),
    position: at,
    digestShort: digestOf(`leaf ${at}`).slice(0, 12),
    verdict,
    link: 'none',
    note: '',
    here: at === position,
    under: true,
    file: null,
  }))
}
