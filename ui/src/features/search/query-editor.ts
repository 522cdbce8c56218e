/**
 * The query line: CodeMirror in a shadow root, where its styles are adopted style sheets and so
 * agree with the content policy.
 */
import {
  autocompletion,
  closeCompletion,
  completionKeymap,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import {
  HighlightStyle,
  StreamLanguage,
  syntaxHighlighting,
  type StreamParser,
} from '@codemirror/language'
import { setDiagnostics, type Diagnostic as EditorDiagnostic } from '@codemirror/lint'
import { EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { Backend, Diagnostic } from '../../backend/backend'

const COMPLETE_DELAY_MS = 150

/** Colours words only; what a query means is decided by the one parser in Rust. */
const words: StreamParser<null> = {
  startState: () => null,
  token(stream) {
    if (stream.eatSpace()) return null
    if (stream.match(/"(?:[^"\\]|\\.)*"?/)) return 'string'
    if (stream.match(/(?:AND|OR|NOT)\b/)) return 'keyword'
    if (stream.match(/[#@][^\s()]+/)) return 'number'
    if (stream.match(/[\w.*-]+(?=:)/)) return 'propertyName'
    if (stream.match(/\/(?:[^/\\]|\\.)+\//)) return 'regexp'
    if (stream.match(/[()[\]{}:]|[<>]=?/)) return 'punctuation'
    stream.match(/[^\s()":]+/) || stream.next()
    return null
  },
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--text-3)', fontWeight: '600' },
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--intact)' },
  { tag: tags.regexp, color: 'var(--unproven)' },
  { tag: tags.number, color: 'var(--consistent)' },
  { tag: tags.punctuation, color: 'var(--text-3)' },
])

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--text)', fontSize: '0.8125rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.25rem', overflow: 'hidden' },
  '.cm-content': { padding: '5px 0', caretColor: 'var(--text)', fontVariantLigatures: 'none' },
  '.cm-line': { padding: '0' },
  '.cm-placeholder': { color: 'var(--text-3)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    backgroundColor: 'var(--bg1)',
    color: 'var(--text)',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '17em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    justifyContent: 'space-between',
    gap: '24px',
    padding: '3px 10px',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--selection)',
    color: 'var(--text)',
  },
  '.cm-completionDetail': { color: 'var(--text-3)', fontStyle: 'normal', marginLeft: '0' },
  '.cm-tooltip-lint': { padding: '2px' },
  '.cm-diagnostic': { padding: '4px 8px', borderLeft: 'none' },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px solid var(--broken)' },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    borderBottom: '2px dotted var(--consistent)',
  },
})

export interface EditorCallbacks {
  changed: (text: string) => void
  run: (text: string) => void
  leave: () => void
}

export class QueryEditor {
  private readonly view: EditorView

  constructor(host: HTMLElement, backend: Backend, text: string, callbacks: EditorCallbacks) {
    const root = host.attachShadow({ mode: 'open' })
    const keys = keymap.of([
      { key: 'Enter', run: (view) => (callbacks.run(view.state.doc.toString()), true) },
      { key: 'Escape', run: (view) => closeCompletion(view) || (callbacks.leave(), true) },
    ])
    this.view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          history(),
          // An open completion takes Enter and Escape first.
          Prec.high(keymap.of(completionKeymap)),
          keys,
          keymap.of([...historyKeymap, ...defaultKeymap]),
          autocompletion({ override: [completeFrom(backend)], icons: false, defaultKeymap: false }),
          StreamLanguage.define(words),
          syntaxHighlighting(colours),
          oneLine,
          look,
          placeholder('Search entries: who:alice AND NOT verb:get, "a phrase", seal:broken, #1204'),
          EditorView.contentAttributes.of({
            'aria-label': 'Search entries',
            'data-testid': 'query-input',
            spellcheck: 'false',
            autocorrect: 'off',
            autocapitalize: 'off',
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) callbacks.changed(update.state.doc.toString())
          }),
        ],
      }),
    })
  }

  get text(): string {
    return this.view.state.doc.toString()
  }

  put(text: string): void {
    if (text === this.text) return
    const { length } = this.view.state.doc
    this.view.dispatch({
      changes: { from: 0, to: length, insert: text },
      selection: { anchor: text.length },
    })
  }

  mark(diagnostics: readonly Diagnostic[]): void {
    const { length } = this.view.state.doc
    const marks: EditorDiagnostic[] = diagnostics.map((diagnostic) => {
      const to = Math.min(length, diagnostic.toUtf16)
      const from = Math.min(diagnostic.fromUtf16, Math.max(0, to - 1))
      return {
        from,
        to,
        severity: diagnostic.error ? 'error' : 'warning',
        message: diagnostic.message,
      }
    })
    this.view.dispatch(setDiagnostics(this.view.state, marks))
  }

  describe(id: string): void {
    this.view.contentDOM.setAttribute('aria-description', id)
  }

  focus(): void {
    this.view.focus()
    this.view.dispatch({ selection: { anchor: 0, head: this.view.state.doc.length } })
  }

  destroy(): void {
    this.view.destroy()
  }
}

/** Line breaks that are typed or pasted become spaces. */
const oneLine = EditorState.transactionFilter.of((transaction) => {
  if (transaction.newDoc.lines <= 1) return transaction
  const text = transaction.newDoc.toString().replace(/\s*\n\s*/g, ' ')
  return {
    changes: { from: 0, to: transaction.startState.doc.length, insert: text },
    selection: { anchor: text.length },
  }
})

function completeFrom(backend: Backend) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    await new Promise((resolve) => setTimeout(resolve, context.explicit ? 0 : COMPLETE_DELAY_MS))
    if (context.aborted) return null
    const found = await backend
      .queryComplete(context.state.doc.toString(), context.pos)
      .catch(() => null)
    if (found === null || found.options.length === 0) return null
    const typed = context.pos > found.fromUtf16
    if (!typed && !context.explicit && !/:$/.test(context.state.sliceDoc(0, context.pos)))
      return null
    return {
      from: found.fromUtf16,
      filter: false,
      options: found.options.map(({ label, detail, apply }) => ({ label, detail, apply })),
    }
  }
}
