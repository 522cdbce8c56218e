import { Fake, type FakeOptions, type Scene } from './fake'

/** `?scene=untrusted&rows=50000` chooses what the development server shows. */
export function fakeFromAddress(search: string): Fake {
  const asked = new URLSearchParams(search)
  const options: FakeOptions = { scene: (asked.get('scene') ?? 'welcome') as Scene }
  const rows = Number(asked.get('rows'))
  if (rows > 0) options.rows = rows
  const openMs = Number(asked.get('openMs'))
  if (openMs > 0) options.openMs = openMs
  return new Fake(options)
}
