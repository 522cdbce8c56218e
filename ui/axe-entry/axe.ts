/**
 * Accessibility checks for the window's tests: inject `dist-test/axe.js`, then call
 * `window.sealscopeAxe.run()`; it answers with the violations and no more than tests print.
 */
import axe from 'axe-core'

export interface Finding {
  rule: string
  impact: string
  help: string
  targets: string[]
}

export async function run(): Promise<Finding[]> {
  const found = await axe.run(document, {
    resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  })
  return found.violations.map((violation) => ({
    rule: violation.id,
    impact: violation.impact ?? '',
    help: violation.help,
    targets: violation.nodes.map((node) => node.target.join(' ')),
  }))
}

declare global {
  interface Window {
    sealscopeAxe: { run: typeof run }
  }
}

window.sealscopeAxe = { run }
