/** F6 goes from pane to pane. */

const CONTROLS = 'button:not([disabled]), [href], input, select, textarea, summary'
const FOCUSABLE = `${CONTROLS}, [tabindex]:not([tabindex="-1"])`

/** Panes that can be seen, in the order of the document. */
export function panes(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>('[data-pane], [data-pane-grid]')].filter(
    (pane) => pane.getClientRects().length > 0 || pane.offsetParent !== null,
  )
}

/** The pane after (or before) the one that holds the focus. */
export function nextPane(
  all: readonly HTMLElement[],
  focused: Element | null,
  by: 1 | -1,
): HTMLElement | undefined {
  const here = all.findIndex((pane) => focused !== null && pane.contains(focused))
  if (here < 0) return by > 0 ? all[0] : all.at(-1)
  return all[(here + by + all.length) % all.length]
}

export function focusPane(pane: HTMLElement): void {
  const grid = pane.querySelector<HTMLElement>('[role="grid"]')
  const chosen = grid ?? pane.querySelector<HTMLElement>(FOCUSABLE) ?? pane
  chosen.focus()
}
