/** Keys and anchors that were given to the fake: it takes any text but a private key. */
import type { ChainProfileView, CommandError, GivenKind, GivenView } from '../backend'

const LOOKS: Record<GivenKind, string> = {
  key: 'list of CloudTrail public keys',
  anchor: 'checkpoint',
  authority: 'timestamping authority CN=Example TSA, SHA-256 5f0c',
}
const FILES: Record<GivenKind, string> = {
  key: 'public-keys.json',
  anchor: 'head.txt',
  authority: 'tsa-root.pem',
}

/** A profile as the fake shows it. */
export const PROFILE_TOML = 'name = "example"\nhash = "sha256"\n'

export class FakeGiven {
  items: GivenView[] = []
  private next = 1
  private profileText = ''

  take(kind: GivenKind, name: string, text: string): void {
    if (text.includes('PRIVATE KEY'))
      throw {
        code: 'not-given',
        title: 'This key cannot be used',
        detail: `${name} is a private key: it makes seals, and checks none.`,
        hint: 'Give the public key that belongs to it, and keep this one to yourself.',
      } satisfies CommandError
    const looksLike = LOOKS[kind]
    this.items = [...this.items, { id: this.next++, kind, name, looksLike }]
  }

  takeFile(kind: GivenKind): void {
    this.take(kind, FILES[kind], '')
  }

  takeProfile(text: string): void {
    if (text.trim() !== '' && !text.includes('hash'))
      throw {
        code: 'no-profile',
        title: 'This is no chain profile',
        detail: 'It does not say how the digests are made.',
        hint: 'The chain profile page of the documentation lists what a profile may say.',
      } satisfies CommandError
    this.profileText = text
  }

  get profile(): ChainProfileView {
    const given = this.profileText.trim() !== ''
    const says = given
      ? 'The digests were checked by the profile you gave, example.'
      : 'The digests were checked by a profile that was found from the first entries.'
    return { applies: true, given, says, toml: given ? this.profileText : PROFILE_TOML }
  }

  forget(id: number): void {
    this.items = this.items.filter((item) => item.id !== id)
  }

  get hasKey(): boolean {
    return this.items.some((item) => item.kind === 'key')
  }

  get notes(): string[] {
    return this.items.map((item) => `The ${item.kind} "${item.name}" was given for this run only.`)
  }
}
