/** One entry of the fake in full. */
import type { EntryDetail, EntryField, Shown } from '../backend'
import { plainText } from '../../format/shown'
import { momentText } from '../../format/time'
import { saidAt, timeOf, verdictAt, type World } from './world'

const SPINE = ['who', 'did', 'to_what', 'from_where', 'outcome', 'severity', 'class', 'message']

export function entryDetail(world: World, position: number, offset: number): EntryDetail {
  const said = saidAt(position)
  const verdict = verdictAt(world, position)
  const utc = momentText(timeOf(world, position), [{ fromNs: '0', seconds: 0 }], 1000n)
  const hostile = said.message.runs.some((run) => typeof run !== 'string')
  const fields: EntryField[] = Object.entries(said).map(([key, value]) => field(key, value))
  fields.push(field('annotations', { runs: ['authorization.k8s.io/decision=allow'] }))
  fields.push({ ...field('responseStatus.code', said['responseStatus.code']), kind: 'number' })
  fields.splice(12, 1)
  fields.push({ ...field('objectRef.subresource', 'null'), kind: 'null', condition: null })
  const raw = JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `b3c1-${position}`,
    stage: 'ResponseComplete',
    verb: said.verb,
    user: { username: said.who },
  })
  return {
    at: { archive: 0, position },
    verdict,
    headline:
      verdict === 'broken'
        ? 'Broken here'
        : verdict === 'unsealed'
          ? 'Unsealed'
          : verdict === 'unproven'
            ? 'Unproven'
            : 'Intact',
    sentence:
      verdict === 'broken'
        ? 'The content of this entry does not match its seal.'
        : verdict === 'unsealed'
          ? 'No seal covers this entry.'
          : verdict === 'unproven'
            ? 'Sealed with a key that you have not trusted.'
            : 'This entry matches its seal, signed by a key you trust.',
    fields,
    fieldsLeftOut: 0,
    rawText: { runs: hostile ? [raw, ...said.message.runs] : [raw] },
    rawTruncated: false,
    bytesTotal: 412 + (position % 7) * 100,
    encodingNote: hostile ? 'UTF-8; characters that must not act are shown as ⟦codes⟧.' : 'UTF-8.',
    notes: hostile
      ? ['Contains a control that turns the direction of text, or cannot be seen.']
      : [],
    times: {
      source: `${utc}Z`,
      utc: `${utc} UTC`,
      local: momentText(timeOf(world, position), [{ fromNs: '0', seconds: 3600 }], 1000n),
      precision: 'microseconds',
      zoneNote: offset === 0 ? '' : 'The entry states its zone.',
      originalText: { runs: [`${utc.replace(' ', 'T')}Z`] },
      field: 'requestReceivedTimestamp',
    },
    stages: [
      {
        at: { archive: 0, position: Math.max(0, position - 1) },
        stage: 'RequestReceived',
        timeText: utc,
        verdict: verdictAt(world, Math.max(0, position - 1)),
        here: false,
      },
      {
        at: { archive: 0, position },
        stage: 'ResponseComplete',
        timeText: utc,
        verdict,
        here: true,
      },
    ],
  }
}

function field(key: string, value: string | Shown): EntryField {
  const shown = typeof value === 'string' ? { runs: [value] } : value
  const copy = plainText(shown)
  return {
    key,
    name: { runs: [key] },
    shown,
    kind: 'text',
    spine: SPINE.includes(key),
    condition: key === 'message' ? null : `${key}:${/[:\s]/.test(copy) ? `"${copy}"` : copy}`,
    copy,
  }
}
