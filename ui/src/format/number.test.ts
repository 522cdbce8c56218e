import fc from 'fast-check'
import { expect, it } from 'vitest'
import { digestGroups } from './digest'
import { bytes, compact, counted, grouped, percent } from './number'

it('digits stand in groups of three', () => {
  expect([0, 999, 1000, 30_112_090].map(grouped)).toEqual(['0', '999', '1,000', '30,112,090'])
})

it('grouping loses no digit', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (n) => {
      expect(Number(grouped(n).replaceAll(',', ''))).toBe(n)
    }),
  )
})

it('large numbers are rounded to what fits a column', () => {
  expect([9999, 49_986, 18_400_000, 412_000, 999_960].map(compact)).toEqual([
    '9,999',
    '49,986',
    '18.4 M',
    '412 k',
    '1.0 M',
  ])
  expect([1, 1023, 1024, 44_240_000_000].map(bytes)).toEqual([
    '1 byte',
    '1023 bytes',
    '1.0 KiB',
    '41.2 GiB',
  ])
  expect(counted(1, 'entry', 'entries')).toBe('1 entry')
})

it('nothing is complete before it is', () => {
  expect(percent(29_999_999, 30_000_000)).toBeLessThan(100)
  expect(percent(30, 30)).toBe(100)
  expect(percent(0, 0)).toBe(0)
})

it('digests that differ are marked group by group', () => {
  const groups = digestGroups('aaaabbbb', 'aaaabbbc')
  expect(groups.map((group) => group.differs)).toEqual([false, true])
  expect(digestGroups('aaaa', null)[0]?.differs).toBe(false)
})
