import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { build } from 'vite'
import { FAKE_MARK } from '../src/backend/fake/fake'

/** Scripts and styles together, minified. */
const BUNDLE_BYTES_MAX = 900_000

describe('the page as it is shipped', () => {
  const out = mkdtempSync(join(tmpdir(), 'sealscope-page-'))
  let files: { name: string; bytes: number; text: string }[] = []

  beforeAll(async () => {
    const root = resolve(import.meta.dirname, '..')
    // The test runner says "test", which would build the page for development.
    vi.stubEnv('NODE_ENV', 'production')
    await build({
      root,
      mode: 'production',
      logLevel: 'error',
      build: { outDir: out, emptyOutDir: true },
    })
    files = readdirSync(out, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(out, name)).isFile())
      .map((name) => ({
        name,
        bytes: statSync(join(out, name)).size,
        text: readFileSync(join(out, name), 'utf8'),
      }))
    vi.unstubAllEnvs()
  }, 120_000)

  afterAll(() => rmSync(out, { recursive: true, force: true }))

  it('stays within its budget', () => {
    const code = files.filter((file) => /\.(js|css)$/.test(file.name))
    expect(code.length).toBeGreaterThan(1)
    expect(code.reduce((sum, file) => sum + file.bytes, 0)).toBeLessThan(BUNDLE_BYTES_MAX)
  })

  it('holds nothing of the fake backend', () => {
    expect(files.filter((file) => file.text.includes(FAKE_MARK)).map((file) => file.name)).toEqual(
      [],
    )
  })

  it('holds no accessibility checker', () => {
    expect(
      files.filter((file) => /axe\.run|axe-core/.test(file.text)).map((file) => file.name),
    ).toEqual([])
  })

  it('agrees with a policy that allows only its own files', () => {
    const html = files.find((file) => file.name === 'index.html')?.text ?? ''
    expect(html).not.toMatch(/<style|style="|<script(?![^>]*src=)/)
    expect(html).not.toMatch(/(?:src|href)="https?:/)
    const css = files
      .filter((file) => file.name.endsWith('.css'))
      .map((file) => file.text)
      .join('')
    expect(css).not.toMatch(/url\(["']?(?:data:|https?:)/)
  })

  it('brings its own fonts with their licence', () => {
    expect(files.some((file) => file.name.endsWith('.woff2'))).toBe(true)
    expect(files.some((file) => file.name === join('fonts', 'OFL.txt'))).toBe(true)
  })
})
