import { expect, it } from 'vitest'
import { hexLines } from './hex'

it('sixteen bytes stand on a line, with their offset and what prints', () => {
  const [first, second] = hexLines('41'.repeat(16) + '00ff', 32)
  expect(first).toEqual({
    offset: '00000020',
    hex: '41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41',
    ascii: 'A'.repeat(16),
  })
  expect(second).toEqual({ offset: '00000030', hex: '00 ff', ascii: '··' })
})
