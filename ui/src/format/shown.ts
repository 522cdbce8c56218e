/** Log text, escaped by Rust, into text nodes and nothing else. */
import type { Shown } from '../backend/backend'

/** The text with chips as `⟦U+202E⟧`, for labels, titles and search. */
export function plainText(shown: Shown): string {
  let text = ''
  for (const run of shown.runs) text += typeof run === 'string' ? run : `⟦${run.chip}⟧`
  return shown.cut ? `${text}…` : text
}

/** Puts shown text into an element, in place of what it holds. */
export function putShown(element: Element, shown: Shown): void {
  const first = shown.runs[0]
  if (shown.runs.length === 1 && typeof first === 'string' && !shown.cut) {
    putText(element, first)
    return
  }
  element.replaceChildren()
  for (const run of shown.runs) {
    if (typeof run === 'string') element.append(document.createTextNode(run))
    else element.append(chip(`⟦${run.chip}⟧`, run.says))
  }
  if (shown.cut) element.append(chip('…', 'goes on; shown in full in the inspector'))
}

/** Puts plain text into an element and keeps its text node where there is one already. */
export function putText(element: Element, text: string): void {
  const only = element.firstChild
  if (only !== null && only === element.lastChild && only.nodeType === Node.TEXT_NODE) {
    if (only.nodeValue !== text) only.nodeValue = text
  } else {
    element.replaceChildren(document.createTextNode(text))
  }
}

function chip(text: string, says: string): HTMLElement {
  const element = document.createElement('span')
  element.className = 'chip-code'
  element.title = says
  element.append(document.createTextNode(text))
  return element
}
