import { expect, it } from 'vitest'
import { hasStrayText, isLongEnough, typedDigits } from './fingerprint'

it('blanks, colons and case do not count', () => {
  expect(typedDigits('A3:91 0c-4E')).toBe('a3910c4e')
})

it('fewer than eight groups are no comparison', () => {
  expect(isLongEnough('a391 '.repeat(7))).toBe(false)
  expect(isLongEnough('a391 '.repeat(8))).toBe(true)
})

it('text that is no fingerprint is not taken for one', () => {
  expect(hasStrayText('my fingerprint: a391')).toBe(true)
  expect(isLongEnough(`${'a391 '.repeat(8)} zz`)).toBe(false)
})
