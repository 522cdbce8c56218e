import { expect, it } from 'vitest'
import { guardLocale, usableLocale } from './locale-guard'

it('a language that is none becomes one that is', () => {
  expect(usableLocale('C')).toBe('en-US')
  expect(usableLocale('')).toBe('en-US')
  expect(usableLocale(undefined)).toBe('en-US')
  expect(usableLocale('de-AT')).toBe('de-AT')
})

it('whatever reads the language afterwards gets the usable one', () => {
  const target = { language: 'C', languages: ['C'] } as unknown as Navigator
  guardLocale(target)
  expect(target.language).toBe('en-US')
  expect(() => new Intl.NumberFormat(target.language)).not.toThrow()
})
