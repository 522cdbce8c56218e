import { expect, it } from 'vitest'
import { firstColumns, geometry, moved, PINNED_PX, resized, restored } from './columns'

const known = ['time', 'who', 'message', 'hidden'].map((key) => ({
  key,
  title: key,
  mono: true,
  width: 100,
  defaultVisible: key !== 'hidden',
}))
const shown = firstColumns(known)

it('a time is never given less than it needs', () => {
  expect(shown.find((column) => column.key === 'time')?.width).toBeGreaterThanOrEqual(220)
})

it('the last column takes what is left of the view', () => {
  const { lefts, widths, totalPx } = geometry(shown, 1000)
  expect(lefts[0]).toBe(PINNED_PX)
  expect((lefts.at(-1) ?? 0) + (widths.at(-1) ?? 0)).toBe(1000)
  expect(totalPx).toBe(1000)
})

it('columns move by places and stop at the ends', () => {
  expect(moved(shown, 'who', 1).map((column) => column.key)).toEqual(['time', 'message', 'who'])
  expect(moved(shown, 'time', -1).map((column) => column.key)).toEqual(['time', 'who', 'message'])
})

it('no width is absurd', () => {
  expect(resized(shown, 'who', 3).find((column) => column.key === 'who')?.width).toBe(48)
  expect(resized(shown, 'who', 1e9).find((column) => column.key === 'who')?.width).toBe(1600)
})

it('a stored layout that no longer fits is left out', () => {
  expect(restored('nonsense', known)).toBeUndefined()
  expect(restored([{ key: 5 }, null], known)).toBeUndefined()
  const layout = restored(
    [
      { key: 'who', width: 90 },
      { key: 'who', width: 9 },
    ],
    known,
  )
  expect(layout?.map(({ key, width }) => [key, width])).toEqual([['who', 90]])
})
