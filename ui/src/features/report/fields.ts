/** The fields of each form: what they are called and what belongs in them. */
import type {
  CustodyForm,
  DepositForm,
  FindingForm,
  IdentityForm,
  PersonForm,
  PrecisionWord,
  RedactForm,
  ScopeForm,
  SignatoryForm,
} from '../../backend/backend'

export interface FieldSpec<T> {
  key: keyof T & string
  label: string
  help?: string
  /** More than one line. */
  rows?: number
  /** One of these. */
  options?: readonly (readonly [value: string, title: string])[]
}

/** How finely times can be shown. */
export const PRECISIONS: readonly { word: PrecisionWord; label: string }[] = [
  { word: 'as-written', label: 'as finely as the entry writes them' },
  { word: 'seconds', label: 'to the second' },
  { word: 'milliseconds', label: 'to the millisecond at most' },
  { word: 'microseconds', label: 'to the microsecond at most' },
]

export const IDENTITY: readonly FieldSpec<IdentityForm>[] = [
  { key: 'title', label: 'Title', help: 'Empty: the name of the template.' },
  { key: 'caseNumber', label: 'Case number' },
  { key: 'organisation', label: 'Issued by' },
  { key: 'address', label: 'Address', rows: 2 },
  { key: 'customer', label: 'Made for' },
  {
    key: 'classification',
    label: 'Classification',
    help: 'Such as “confidential” or “TLP:AMBER”.',
  },
  { key: 'supersedes', label: 'Replaces report', help: 'Id of the report that this one replaces.' },
]

export const PERSON: readonly FieldSpec<PersonForm>[] = [
  {
    key: 'role',
    label: 'Role',
    options: [
      ['examiner', 'Examiner'],
      ['reviewer', 'Reviewer'],
      ['authoriser', 'Authorised by'],
      ['other', 'Other'],
    ],
  },
  { key: 'name', label: 'Name' },
  { key: 'title', label: 'Position' },
  { key: 'contact', label: 'Contact' },
  { key: 'qualifications', label: 'Qualifications', rows: 2 },
]

export const SCOPE: readonly FieldSpec<ScopeForm>[] = [
  { key: 'question', label: 'Question asked', rows: 3 },
  { key: 'authority', label: 'Authority or legal basis', rows: 2 },
  { key: 'periodFrom', label: 'Period examined, from' },
  { key: 'periodTo', label: 'Period examined, to' },
  { key: 'inScope', label: 'In scope', rows: 2 },
  { key: 'outOfScope', label: 'Out of scope', rows: 2 },
]

export const DEPOSIT: readonly FieldSpec<DepositForm>[] = [
  { key: 'source', label: 'System or device it comes from' },
  { key: 'collector', label: 'Collected by' },
  { key: 'receivedFrom', label: 'Received from' },
  { key: 'receivedAt', label: 'Received at', help: 'With its zone: 2026-03-14 09:30 CET.' },
  { key: 'condition', label: 'Condition on arrival' },
  { key: 'medium', label: 'Medium' },
  { key: 'keyObtained', label: 'How the verifying key was obtained', rows: 2 },
]

export const CUSTODY: readonly FieldSpec<CustodyForm>[] = [
  { key: 'item', label: 'Item', help: 'Its label: A.' },
  { key: 'action', label: 'Action', help: 'Collected, received, transferred, accessed, exported.' },
  { key: 'time', label: 'Time', help: 'With its zone.' },
  { key: 'who', label: 'Who' },
  { key: 'why', label: 'Why' },
  { key: 'place', label: 'Where it is kept' },
  { key: 'hash', label: 'Hash then' },
]

export const FINDING: readonly FieldSpec<FindingForm>[] = [
  { key: 'title', label: 'Title' },
  { key: 'observation', label: 'Observation', help: 'What the entries show.', rows: 3 },
  { key: 'inference', label: 'Inference', help: 'What follows from it.', rows: 2 },
  { key: 'opinion', label: 'Opinion', help: 'What you think.', rows: 2 },
  { key: 'alternatives', label: 'What else could explain it', rows: 2 },
]

export const REDACT: readonly FieldSpec<RedactForm>[] = [
  { key: 'field', label: 'Field', help: 'Its dotted path, such as user.username, or who.' },
  { key: 'reason', label: 'Reason' },
]

export const SIGNATORY: readonly FieldSpec<SignatoryForm>[] = [
  { key: 'name', label: 'Name' },
  { key: 'position', label: 'Position' },
  { key: 'place', label: 'Place' },
]

const emptyOf =
  <T>(specs: readonly FieldSpec<T>[], others: Partial<T> = {}) =>
  (): T =>
    ({ ...Object.fromEntries(specs.map((spec) => [spec.key, ''])), ...others }) as T

export const newPerson = emptyOf(PERSON, { role: 'examiner' })
export const newCustody = emptyOf(CUSTODY)
export const newFinding = emptyOf(FINDING, { exhibits: [] })
export const newRedact = emptyOf(REDACT)
