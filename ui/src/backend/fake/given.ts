/** Keys and anchors that were given to the fake: it takes any text but a private key. */
import type { CommandError, GivenKind, GivenView } from '../backend'

export class FakeGiven {
  items: GivenView[] = []
  private next = 1

  take(kind: GivenKind, name: string, text: string): void {
    if (text.includes('PRIVATE KEY'))
      throw {
        code: 'not-given',
        title: 'This key cannot be used',
        detail: `${name} is a private key: it makes seals, and checks none.`,
        hint: 'Give the public key that belongs to it, and keep this one to yourself.',
      } satisfies CommandError
    const looksLike = kind === 'anchor' ? 'checkpoint' : 'list of CloudTrail public keys'
    this.items = [...this.items, { id: this.next++, kind, name, looksLike }]
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
