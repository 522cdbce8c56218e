import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const SRC = resolve(import.meta.dirname, '../src')
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|svelte)$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SRC, name), 'utf8') }))

/** What a file imports: packages as they are, own files relative to src. */
function importsOf(file: { name: string; text: string }): string[] {
  const found = [...file.text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  )
  return found.map((path) =>
    path.startsWith('.') ? relative(SRC, resolve(SRC, dirname(file.name), path)) : path,
  )
}

/** Folder that rules speak of: `features/search`, `widgets`, … */
function areaOf(path: string): string {
  const parts = path.split('/')
  return parts[0] === 'features' ? `features/${parts[1]}` : (parts[0] ?? '')
}

/** Every import that breaks a rule, as `file → import`. */
function offenders(rule: (from: string, to: string, file: string) => boolean): string[] {
  return files
    .filter((file) => !file.name.endsWith('.test.ts'))
    .flatMap((file) =>
      importsOf(file)
        .filter((to) => rule(areaOf(file.name), to, file.name))
        .map((to) => `${file.name} → ${to}`),
    )
}

it('only the backend folder knows Tauri', () => {
  expect(offenders((from, to) => to.startsWith('@tauri-apps/') && from !== 'backend')).toEqual([])
  expect(
    importsOf({
      name: 'backend/tauri.ts',
      text: files.find((file) => file.name === 'backend/tauri.ts')?.text ?? '',
    }),
  ).toContain('@tauri-apps/api/core')
})

it('features do not import features', () => {
  const broken = (from: string, to: string): boolean =>
    from.startsWith('features/') && to.startsWith('features/') && areaOf(to) !== from
  expect(offenders(broken)).toEqual([])
})

it('only the app joins features', () => {
  expect(
    offenders((from, to) => to.startsWith('app/') && from !== 'app' && from !== 'main.ts'),
  ).toEqual([])
  const lower = ['widgets', 'format', 'backend', 'styles']
  expect(offenders((from, to) => lower.includes(from) && to.startsWith('features/'))).toEqual([])
})

it('format has no side: it imports neither widgets nor Svelte', () => {
  expect(offenders((from, to) => from === 'format' && /^(svelte|widgets)/.test(to))).toEqual([])
})

it('the locale guard is imported before anything else', () => {
  const main = files.find((file) => file.name === 'main.ts')
  expect(main && importsOf(main)[0]).toBe('app/locale-guard')
})

it('icons are imported one by one', () => {
  expect(offenders((_, to) => to === '@lucide/svelte' || to === '@lucide/svelte/icons')).toEqual([])
  expect(offenders((_, to) => to === 'codemirror')).toEqual([])
})

it('nothing can put markup, code or style text into the page', () => {
  const banned = [
    /\{@html/,
    /innerHTML/,
    /insertAdjacentHTML/,
    /document\.write/,
    /new Function/,
    /\beval\(/,
    /setAttribute\('style'/,
    /\sstyle="/,
  ]
  const found = files
    .filter((file) => !file.name.endsWith('.test.ts'))
    .flatMap((file) =>
      banned.filter((each) => each.test(file.text)).map((each) => `${file.name}: ${each}`),
    )
  expect(found).toEqual([])
})

it('rows have no compositing layers of their own', () => {
  const grid = files.filter((file) => file.name.startsWith('features/search/'))
  for (const banned of ['will-change', 'translate3d', 'backface-visibility']) {
    expect(grid.filter((file) => file.text.includes(banned)).map((file) => file.name)).toEqual([])
  }
})

it('colours stand in the tokens and nowhere else', () => {
  const styles = files
    .filter((file) => file.name.endsWith('.svelte'))
    .flatMap((file) => {
      const style = /<style>([\s\S]*)<\/style>/.exec(file.text)?.[1] ?? ''
      return /#[0-9a-f]{3,8}\b/i.test(style) ? [file.name] : []
    })
  expect(styles).toEqual([])
})

it('the lock file names no place to download from', () => {
  const lock = readFileSync(resolve(import.meta.dirname, '../package-lock.json'), 'utf8')
  expect(lock).not.toMatch(/"resolved"|https?:\/\/registry/)
})
