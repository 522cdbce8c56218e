/** Lists of the fake that never change. */
import type { Column, FacetField, Recent, TimeFieldCandidate } from '../backend'

export const RECENT: Recent[] = [
  {
    token: 'a',
    name: 'web-prod-march.sealog',
    place: '…/evidence/2026-03',
    verdict: 'intact',
    verdictText: 'Intact',
    checkedAtText: '2026-03-14 09:12 UTC',
    missing: false,
  },
  {
    token: 'b',
    name: 'vpn-gw-q1.sealog',
    place: '…/evidence/2026-03',
    verdict: 'broken',
    verdictText: 'Broken at entry 1,204',
    checkedAtText: '2026-03-12 17:40 UTC',
    missing: false,
  },
  {
    token: 'c',
    name: 'mail-2025',
    place: '/media/usb0',
    verdict: 'unsealed',
    verdictText: 'Unsealed',
    checkedAtText: '2026-02-27 11:03 UTC',
    missing: true,
  },
]

function column(key: string, title: string, width: number, mono = true, shown = true): Column {
  return { key, title, width, mono, defaultVisible: shown }
}

export const COLUMNS: Column[] = [
  column('time', 'Time', 224),
  column('severity', 'Sev', 48, false),
  column('who', 'Who', 150),
  column('did', 'Did', 72),
  column('to_what', 'To what', 150, true, false),
  column('from_where', 'From where', 120, true, false),
  column('outcome', 'Outcome', 84, true, false),
  column('message', 'Message', 380, false),
]

function facet(field: string, title: string, open: boolean): FacetField {
  return { field, title, open }
}

export const FACET_FIELDS: FacetField[] = [
  facet('seal', 'Seal', true),
  facet('severity', 'Severity', true),
  facet('who', 'Who', true),
  facet('did', 'Did', false),
  facet('objectRef.resource', 'objectRef.resource', false),
  facet('from_where', 'From where', false),
]

export const TIME_FIELDS: TimeFieldCandidate[] = [
  {
    field: 'requestReceivedTimestamp',
    example: '2026-03-14T09:12:07.104221Z',
    share: 1,
    selected: true,
  },
  {
    field: 'stageTimestamp',
    example: '2026-03-14T09:12:07.110873Z',
    share: 0.998,
    selected: false,
  },
]
