/** Bytes as lines of a hex view. */
export const HEX_LINE_BYTES = 16

export interface HexLine {
  offset: string
  hex: string
  ascii: string
}

/** Lines of so many bytes from hex digits; bytes that do not print are `·`. */
export function hexLines(hex: string, offset: number, lineBytes = HEX_LINE_BYTES): HexLine[] {
  const lines: HexLine[] = []
  const digits = lineBytes * 2
  for (let at = 0; at < hex.length; at += digits) {
    const pairs = hex.slice(at, at + digits).match(/../g) ?? []
    const half = lineBytes / 2
    const left = pairs.slice(0, half).join(' ')
    const right = pairs.slice(half).join(' ')
    lines.push({
      offset: (offset + at / 2).toString(16).padStart(8, '0'),
      hex: right === '' ? left : `${left}  ${right}`,
      ascii: pairs.map(printable).join(''),
    })
  }
  return lines
}

function printable(pair: string): string {
  const code = Number.parseInt(pair, 16)
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·'
}
