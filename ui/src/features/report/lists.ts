/** What the builder does with lists: pure, so that order is easy to reason about. */
import type { CitedForm, SectionChoice, SectionForm } from '../../backend/backend'

/** The list with one member moved by some places; the ends stop it. */
export function moved<T>(list: readonly T[], from: number, by: number): T[] {
  const to = Math.max(0, Math.min(list.length - 1, from + by))
  const next = [...list]
  const [member] = next.splice(from, 1)
  if (member === undefined) return [...list]
  next.splice(to, 0, member)
  return next
}

/** Names a record of an archive, whatever is said of it. */
export function citedKey(cited: CitedForm): string {
  const archive = cited.archive === '' ? cited.path : cited.archive
  return [archive, cited.position, cited.record, cited.leaf].join('\n')
}

/** The list without the entries of another; what was said of the others stays. */
export function withoutCited(list: readonly CitedForm[], gone: readonly CitedForm[]): CitedForm[] {
  const keys = new Set(gone.map(citedKey))
  return list.filter((cited) => !keys.has(citedKey(cited)))
}

/** Numbers of the printed sections, from 1; those left out have none. */
export function sectionNumbers(sections: readonly SectionForm[]): (number | undefined)[] {
  let number = 0
  return sections.map((section) => (section.printed ? ++number : undefined))
}

/** Prints a section or leaves it out; what is required stays. */
export function printed(
  sections: readonly SectionForm[],
  choices: readonly SectionChoice[],
  id: string,
  wanted: boolean,
): SectionForm[] {
  const required = choices.find((choice) => choice.id === id)?.required ?? false
  return sections.map((section) =>
    section.id === id ? { ...section, printed: wanted || required } : section,
  )
}

/** Exhibit numbers as somebody types them: `1, 3-5 E7`; what is no number is left out. */
export function exhibitNumbers(text: string): number[] {
  const numbers = new Set<number>()
  for (const part of text.matchAll(/(\d{1,6})(?:\s*[-–]\s*E?(\d{1,6}))?/gi)) {
    const from = Number(part[1])
    const to = part[2] === undefined ? from : Number(part[2])
    for (let at = from; at <= Math.min(to, from + 1000); at += 1) if (at > 0) numbers.add(at)
  }
  return [...numbers].sort((a, b) => a - b)
}

/** The numbers as text. */
export function exhibitText(numbers: readonly number[]): string {
  return numbers.map((number) => `E${number}`).join(', ')
}
