/** Where the fake goes: to a position, a time, or the next problem. */
import type { GotoAnswer, ProblemPlace } from '../backend'
import { grouped } from '../../format/number'
import { breaksOf } from './explain'
import type { Hits } from './hits'
import { positionAt, type World } from './world'

export function goTo(world: World, hits: Hits, text: string): GotoAnswer {
  const digits = text.trim().replace(/^#|,/g, '')
  const position = /^\d+$/.test(digits) ? Number(digits) : undefined
  if (position === undefined) {
    const ms = Date.parse(text)
    if (Number.isNaN(ms))
      return {
        ordinal: null,
        message:
          'Write a position (1204), a time (2026-03-14T09:12:07Z), a span back (-15m) or the first digits of a leaf hash.',
      }
    return { ordinal: hits.below(positionAt(world, BigInt(ms) * 1_000_000n)), message: '' }
  }
  if (position >= world.rows)
    return { ordinal: null, message: `The last entry is ${grouped(world.rows - 1)}.` }
  return hits.has(position)
    ? { ordinal: hits.below(position), message: '' }
    : { ordinal: null, message: `Entry ${grouped(position)} is left out by the query.` }
}

export function nextProblem(
  world: World,
  hits: Hits,
  request: { position: number | null; backward: boolean },
): ProblemPlace | null {
  const places = breaksOf(world)
  if (places.length === 0) return null
  const here = request.position ?? -1
  const after = places.findIndex((place) => place.position > here)
  const before = places.findLastIndex((place) => place.position < here)
  const index = request.backward ? (before < 0 ? places.length - 1 : before) : after < 0 ? 0 : after
  const place = places[index] ?? places[0]
  if (!place) return null
  return {
    archive: 0,
    position: place.position,
    ordinal: hits.has(place.position) ? hits.below(place.position) : null,
    says: `Problem ${index + 1} of ${places.length}: ${place.title}.`,
  }
}
