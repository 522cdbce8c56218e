import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromHash, toHash, type ViewState } from './view-state'

it('an address gives back the view that it was made of', () => {
  const range = fc.option(
    fc.record({
      fromNs: fc.bigInt(0n, 9n ** 18n).map(String),
      toNs: fc.bigInt(0n, 9n ** 18n).map(String),
    }),
    { nil: undefined },
  )
  const view = fc.record({
    screen: fc.constantFrom('workspace' as const, 'verification' as const, 'report' as const),
    query: fc.string({ unit: 'grapheme', maxLength: 60 }),
    sort: fc.constantFrom(
      'position' as const,
      '-position' as const,
      'time' as const,
      '-time' as const,
    ),
    range,
  })
  fc.assert(
    fc.property(view, (made: ViewState) => {
      expect(fromHash(toHash(made))).toEqual(made)
    }),
  )
})

it('an address from elsewhere cannot ask for what does not exist', () => {
  const view = fromHash('#/nowhere?q=a&sort=evil&range=1..x&run=rm')
  expect(view).toEqual({ screen: 'workspace', query: 'a', sort: 'position', range: undefined })
})
