/** The keyboard map: one table for what keys do and for the overlay that explains them. */

export type Command =
  | 'query'
  | 'goto'
  | 'next-problem'
  | 'previous-problem'
  | 'next-pane'
  | 'previous-pane'
  | 'workspace'
  | 'verification'
  | 'report'
  | 'cancel'
  | 'keys'
  | 'back'
  | 'forward'
  | 'open'
  | 'open-folder'

export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/** What a key asks for; `inText` while somebody writes, when single letters are text. */
export function commandOf(press: KeyPress, inText: boolean): Command | undefined {
  const command = press.ctrlKey || press.metaKey
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key
  if (command && !press.altKey) {
    if (key === 'o' && press.shiftKey) return 'open-folder'
    return withControl(key)
  }
  if (press.altKey)
    return key === 'ArrowLeft' ? 'back' : key === 'ArrowRight' ? 'forward' : undefined
  if (key === 'F8') return press.shiftKey ? 'previous-problem' : 'next-problem'
  if (key === 'F6') return press.shiftKey ? 'previous-pane' : 'next-pane'
  if (inText) return undefined
  if (key === '/') return 'query'
  return key === '?' ? 'keys' : undefined
}

function withControl(key: string): Command | undefined {
  const commands: Record<string, Command> = {
    f: 'query',
    g: 'goto',
    o: 'open',
    '.': 'cancel',
    '1': 'workspace',
    '2': 'verification',
    '3': 'report',
  }
  return commands[key]
}

/** Whether a key goes into a text that is being written. */
export function isText(target: EventTarget | null | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button'].includes(target.type)
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target.isContentEditable
  )
}

export interface KeyGroup {
  title: string
  keys: readonly (readonly [keys: string, what: string])[]
}

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: 'Anywhere',
    keys: [
      ['/ or Ctrl+F', 'Write a query'],
      ['Ctrl+G', 'Go to an entry, time or hash'],
      ['F8, Shift+F8', 'Next, previous seal problem'],
      ['F6, Shift+F6', 'Next, previous pane'],
      ['Ctrl+1, Ctrl+2, Ctrl+3', 'Workspace, Verification, Report'],
      ['Alt+←, Alt+→', 'Back, forward through searches'],
      ['Ctrl+O, Ctrl+Shift+O', 'Open an archive, a folder'],
      ['Ctrl+.', 'Stop checking'],
      ['?', 'This map'],
    ],
  },
  {
    title: 'Table',
    keys: [
      ['↑ ↓ PgUp PgDn Home End', 'Move'],
      ['Enter', 'Go to the inspector'],
      ['Esc', 'Undo the selection, then close the inspector'],
      ['Space, Shift+↑ ↓', 'Select'],
      ['Ctrl+A', 'Select every hit'],
      ['Ctrl+C, Ctrl+Shift+C', 'Copy as text, as JSON Lines; each with its seal'],
      ['C', 'Show the 50 entries before and after'],
      ['R', 'Add the entry, or the selection, to the report'],
    ],
  },
  {
    title: 'Column headings',
    keys: [
      ['← →', 'Move between headings'],
      ['Enter', 'Sort, where it can be'],
      ['Alt+← →', 'Narrower, wider'],
      ['Alt+Shift+← →', 'Move the column'],
    ],
  },
  {
    title: 'Report',
    keys: [
      ['Alt+↑ Alt+↓', 'Move the section'],
      ['PgUp PgDn', 'Turn the pages of the preview'],
    ],
  },
  {
    title: 'Timeline handles',
    keys: [
      ['← → PgUp PgDn', 'Move by 1 or 10 bars'],
      ['+ − 0', 'Zoom in, out, show all'],
      ['[ ]', 'Previous, next mark'],
      ['Enter', 'Filter to the range'],
    ],
  },
]
