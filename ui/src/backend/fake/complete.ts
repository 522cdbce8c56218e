/** Completions of the fake: its fields, and the values that the formula knows. */
import type { Completion } from '../backend'
import { grouped } from '../../format/number'
import { SAID, type Said } from './world'

const SEALS = ['intact', 'broken', 'unproven', 'unsealed']

export function complete(text: string, caretUtf16: number, rows: number): Completion {
  const word = /[\w.]*$/.exec(text.slice(0, caretUtf16))?.[0] ?? ''
  const field = /([\w.]+):$/.exec(text.slice(0, caretUtf16 - word.length))?.[1]
  const all = field === undefined ? ['seal', ...Object.keys(SAID[0] ?? {})] : valuesOf(field)
  const options = all
    .filter((value) => value.toLowerCase().startsWith(word.toLowerCase()))
    .slice(0, 50)
    .map((value) => ({
      label: value,
      detail: field ? grouped(Math.floor(rows / all.length)) : 'field',
      apply: field ? (/[:\s]/.test(value) ? `"${value}"` : value) : `${value}:`,
      field: field === undefined,
    }))
  return { fromUtf16: caretUtf16 - word.length, options }
}

function valuesOf(field: string): string[] {
  if (field === 'seal') return SEALS
  const values = new Set(SAID.map((said) => said[field as keyof Said]))
  return [...values].filter((value): value is string => typeof value === 'string')
}
