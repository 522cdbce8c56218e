/** Two digests side by side: which bytes differ, told by brackets and not by colour. */
export interface DigestGroup {
  text: string
  differs: boolean
}

/** Hex in groups of four digits; runs of groups that differ are marked. */
export function digestGroups(hex: string, other: string | null): DigestGroup[] {
  const groups: DigestGroup[] = []
  for (let at = 0; at < hex.length; at += 4) {
    const text = hex.slice(at, at + 4)
    groups.push({ text, differs: other !== null && text !== other.slice(at, at + 4) })
  }
  return groups
}
