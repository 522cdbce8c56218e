/**
 * Imported before anything else. WebKitGTK says that the language is "C" when LANG=C, and code that
 * hands that to Intl when it loads (uPlot) throws and leaves a blank window.
 */
export function usableLocale(language: string | undefined): string {
  try {
    const [usable] = Intl.getCanonicalLocales(language ?? '')
    return usable ?? 'en-US'
  } catch {
    return 'en-US'
  }
}

export function guardLocale(target: Navigator): void {
  const usable = usableLocale(target.language)
  if (usable === target.language) return
  Object.defineProperty(target, 'language', { value: usable, configurable: true })
  Object.defineProperty(target, 'languages', { value: [usable], configurable: true })
}

guardLocale(navigator)
