'use strict'
// Re-checks this page from the data inside it, without a network. It runs once, at the end of the page.
//
// What it does, in order: takes main.innerHTML before anything is changed; hashes it and the embedded
// report.json and compares both with the digests in the page and with the content hash that is printed; hashes
// each attached file; then, for each exhibit, computes the leaf from the entry's bytes (RFC 6962, 2.1), the root
// from leaf and path (RFC 9162, 2.1.3.2), compares it with the root in the signed checkpoint (C2SP
// tlog-checkpoint, signed-note), and verifies the Ed25519 signature with the public key in the report.
//
// It never says more than it did: whatever it cannot do it names, and any doubt counts as not checked.
;(() => {
  const main = document.querySelector('main')
  if (!main) return
  const seen = main.innerHTML
  const around = strangersIn(document.body)
  const root = document.documentElement
  const byId = (id) => document.getElementById(id)

  const utf8 = new TextEncoder()
  const subtle = globalThis.crypto && globalThis.crypto.subtle

  // ---- bytes ----

  const hexOf = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

  function fromHex(text) {
    if (typeof text !== 'string' || !/^([0-9a-f]{2})*$/.test(text)) throw new Doubt('no hex')
    const bytes = new Uint8Array(text.length / 2)
    for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16)
    return bytes
  }

  function fromBase64(text) {
    let binary
    try {
      binary = atob(text)
    } catch {
      throw new Doubt('no base64')
    }
    // atob forgives blanks and missing padding; the form has one spelling only.
    if (btoa(binary) !== text) throw new Doubt('base64 in another spelling')
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
    return bytes
  }

  function join(...parts) {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }

  const sha256 = async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes))

  /** Something in the data does not agree; the message says what. */
  class Doubt extends Error {}

  // ---- RFC 6962 ----

  const leafHash = (entry) => sha256(join(Uint8Array.of(0), entry))

  // Paths of one tree share their upper nodes.
  const nodes = new Map()
  function nodeHash(left, right) {
    const key = left + right
    let hash = nodes.get(key)
    if (!hash) {
      hash = sha256(join(Uint8Array.of(1), fromHex(left), fromHex(right))).then(hexOf)
      nodes.set(key, hash)
    }
    return hash
  }

  /** The root that leaf and path lead to (RFC 9162, 2.1.3.2). */
  async function rootOf(leaf, index, size, path) {
    if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0) {
      throw new Doubt('its number is not exact in this browser')
    }
    if (index >= size) throw new Doubt('its number lies outside of the tree')
    let node = BigInt(index)
    let last = BigInt(size) - 1n
    let hash = leaf
    for (const sibling of path) {
      if (fromHex(sibling).length !== 32) throw new Doubt('a hash of its path has another length')
      if (last === 0n) throw new Doubt('its path is too long')
      if (node & 1n || node === last) {
        hash = await nodeHash(sibling, hash)
        while (!(node & 1n) && node !== 0n) {
          node >>= 1n
          last >>= 1n
        }
      } else {
        hash = await nodeHash(hash, sibling)
      }
      node >>= 1n
      last >>= 1n
    }
    if (last !== 0n) throw new Doubt('its path is too short')
    return hash
  }

  // ---- C2SP signed-note, tlog-checkpoint ----

  function parseNote(note) {
    if (typeof note !== 'string') throw new Doubt('there is no such checkpoint')
    if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw new Doubt('a control character in the checkpoint')
    const cut = note.lastIndexOf('\n\n')
    if (cut < 0 || !note.endsWith('\n') || cut + 2 >= note.length) {
      throw new Doubt('the checkpoint is no signed note')
    }
    const text = note.slice(0, cut + 1)
    const signatures = note.slice(cut + 2, -1).split('\n').map((line) => {
      const parts = /^\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)$/.exec(line)
      if (!parts) throw new Doubt('a line of the checkpoint is no signature')
      const bytes = fromBase64(parts[2])
      if (bytes.length < 5) throw new Doubt('a signature of the checkpoint is too short')
      return { name: parts[1], id: hexOf(bytes.slice(0, 4)), bytes: bytes.slice(4) }
    })
    if (signatures.length > 16) throw new Doubt('the checkpoint has too many signatures')
    const lines = text.slice(0, -1).split('\n')
    if (lines.length !== 3 || lines[0] === '') throw new Doubt('the checkpoint has another form')
    if (!/^(0|[1-9][0-9]*)$/.test(lines[1])) throw new Doubt('the checkpoint states no size')
    const hash = fromBase64(lines[2])
    if (hash.length !== 32) throw new Doubt('the checkpoint states no root')
    return { text, signatures, size: lines[1], root: hexOf(hash) }
  }

  async function parseKey(vkey) {
    const parts = /^([^ +]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey)
    if (!parts) throw new Doubt('the public key has another form')
    const bytes = fromBase64(parts[3])
    if (bytes.length !== 33 || bytes[0] !== 1) throw new Doubt('the public key is none of Ed25519')
    const id = await sha256(join(utf8.encode(parts[1] + '\n'), bytes))
    if (hexOf(id.slice(0, 4)) !== parts[2]) throw new Doubt('the key id is not that of the public key')
    return { name: parts[1], id: parts[2], bytes: bytes.slice(1) }
  }

  async function ed25519(key, signature, bytes) {
    const imported = await subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify'])
    return subtle.verify({ name: 'Ed25519' }, imported, signature, bytes)
  }

  /** Whether this browser verifies Ed25519 rightly: RFC 8032, 7.1, test 1, as it is and with one bit changed. */
  async function knowsEd25519() {
    const key = fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
    const signature = fromHex(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555f' +
        'b8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    )
    const none = new Uint8Array(0)
    try {
      if (!(await ed25519(key, signature, none))) return false
      signature[0] ^= 1
      return !(await ed25519(key, signature, none))
    } catch {
      return false
    }
  }

  /** Whether it hashes rightly: FIPS 180-4, "abc". */
  async function knowsSha256() {
    const hash = hexOf(await sha256(utf8.encode('abc')))
    return hash === 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  }

  // Checkpoint and key are the same for many exhibits.
  const signatures = new Map()
  function isSigned(report, place, vkey, note) {
    const name = place + ' ' + vkey
    if (!signatures.has(name)) signatures.set(name, verifyNote(vkey, note))
    return signatures.get(name)
  }

  async function verifyNote(vkey, note) {
    const key = await parseKey(vkey)
    const own = note.signatures.filter((line) => line.name === key.name && line.id === key.id)
    for (const line of own) {
      if (line.bytes.length !== 64) continue
      if (await ed25519(key.bytes, line.bytes, utf8.encode(note.text))) return true
    }
    return false
  }

  // ---- the page ----

  /** Elements or text around <main> and the data that this program does not write there. */
  function strangersIn(body) {
    if (!body) return true
    const types = ['application/json', 'text/plain', '']
    return Array.from(body.childNodes).some((node) => {
      if (node.nodeType === 3) return node.data.trim() !== ''
      if (node === main) return main.attributes.length > 0
      return node.nodeName !== 'SCRIPT' || !types.includes(node.getAttribute('type') || '')
    })
  }

  const fileElements = () => Array.from(document.querySelectorAll('body > script.file'))

  /** The JSON as it was before each `<` was written as an escape. */
  const withoutEscapes = (text) =>
    text.replace(/\\(u003c|[^])/g, (whole, after) => (after === 'u003c' ? '<' : whole))

  async function checkPage(json, reasons) {
    const digests = (byId('digests') || {}).textContent || ''
    const stated = /^\{"main":"([0-9a-f]{64})","report":"([0-9a-f]{64})"\}$/.exec(digests)
    if (!stated) reasons.push('The digests of the page are missing or changed.')
    const visible = hexOf(await sha256(utf8.encode(seen)))
    const content = hexOf(await sha256(utf8.encode(json)))
    const isShown = Boolean(stated) && visible === stated[1]
    const isContent = Boolean(stated) && content === stated[2]
    if (stated && !isShown) {
      reasons.push(`The visible text was changed: its SHA-256 is ${visible}, the page states ${stated[1]}.`)
    }
    if (stated && !isContent) {
      reasons.push(`The embedded report.json was changed: its SHA-256 is ${content}, the page states ${stated[2]}.`)
    }
    const printed = (byId('content-hash') || {}).textContent
    if (printed !== content) reasons.push('The content hash printed above is not that of the embedded report.json.')
    if (around) reasons.push('There is something in the page beside the report and its data.')
    return { isShown, isContent, content }
  }

  async function checkFiles(report, reasons) {
    const left = new Map(report.attachments.map((listed) => [listed.name, listed]))
    for (const element of fileElements()) {
      const name = element.dataset.name || ''
      const listed = left.get(name)
      left.delete(name)
      let hash = ''
      try {
        hash = hexOf(await sha256(fromBase64(element.textContent)))
      } catch {
        // Counts as changed.
      }
      if (!listed || hash !== listed.sha256) reasons.push(`The attached file ${name} is not the one that the report lists.`)
    }
    for (const name of left.keys()) reasons.push(`The attached file ${name} is missing.`)
  }

  /** What one exhibit is worth: `ok`, `part` or `bad`, and why. */
  async function checkExhibit(report, exhibit, canSign) {
    const by = 'The check by the browser does not reach further; the command sealscope check does.'
    const proof = exhibit.proof
    if (exhibit.raw_base64 === null) {
      return ['part', 'Not re-checked: the bytes of the entry are withheld, since something in it is redacted.']
    }
    const bytes = fromBase64(exhibit.raw_base64)
    if (bytes.length !== exhibit.raw_bytes) throw new Doubt('the entry has another length than stated')
    const leaf = hexOf(await leafHash(bytes))
    if (exhibit.leaf === null) return ['part', 'Not re-checked: the hash of the entry is withheld.']
    if (leaf !== exhibit.leaf) throw new Doubt('the bytes of the entry do not have the stated leaf hash')
    if (proof.kind === 'files') {
      return ['part', 'Entry: its leaf hash agrees. Proof: checked by the command sealscope check, not by the browser.']
    }
    if (proof.kind === 'withheld') return ['part', 'Entry: its leaf hash agrees. Proof: withheld.']
    if (proof.kind !== 'merkle') return ['part', 'Entry: its leaf hash agrees. There is no proof to check.']
    const note = parseNote(report.checkpoints[proof.checkpoint])
    if (String(proof.size) !== note.size) throw new Doubt('the proof is for another size than the checkpoint')
    const top = await rootOf(leaf, proof.index, proof.size, proof.path)
    if (top !== note.root) throw new Doubt('entry and path do not lead to the root of the checkpoint')
    const agreed = 'Entry and path lead to the root of the checkpoint'
    if (proof.vkey === null) return ['part', `${agreed}, but no trusted key signed it. ${by}`]
    const key = await parseKey(proof.vkey)
    if (!canSign) return ['part', `${agreed}. Signature not re-checked in this browser: it has no Ed25519.`]
    if (!(await isSigned(report, proof.checkpoint, proof.vkey, note))) {
      throw new Doubt('the key in the report did not sign the checkpoint')
    }
    return ['ok', `Re-checked: ${agreed.charAt(0).toLowerCase() + agreed.slice(1)}, and the key ${key.name}+${key.id} signed it.`]
  }

  // ---- what is said ----

  const titles = {
    ok: 'Re-checked by this browser: the page agrees with itself',
    part: 'Re-checked in part by this browser: what could be checked agrees',
    bad: 'Do not rely on this page: it does not agree with itself',
    off: 'Not re-checked by this browser',
  }

  function say(outcome, text, reasons) {
    root.dataset.recheck = outcome
    byId('recheck').className = outcome
    byId('recheck-title').textContent = titles[outcome]
    byId('recheck-says').textContent = text
    const list = byId('recheck-reasons')
    list.textContent = ''
    for (const reason of reasons.slice(0, 50)) {
      list.append(Object.assign(document.createElement('li'), { textContent: reason }))
    }
    if (reasons.length > 50) {
      const rest = `and ${(reasons.length - 50).toLocaleString('en')} more`
      list.append(Object.assign(document.createElement('li'), { textContent: rest }))
    }
  }

  function sayOf(exhibit, [outcome, text], isWhole) {
    const place = byId('R' + exhibit.number)
    if (!place) return
    const isShaken = outcome !== 'bad' && !isWhole
    place.className = 'recheck ' + (isShaken ? 'bad' : outcome)
    place.textContent = isShaken ? text + ' But this page was changed: see its top.' : text
  }

  const plural = (count, one, many) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`

  async function check() {
    if (!subtle) {
      say('off', 'This browser offers no WebCrypto to this page, so nothing of it was checked here. The command sealscope check checks this file.', [])
      return
    }
    root.dataset.recheck = 'busy'
    byId('recheck-title').textContent = 'Re-checking this page'
    byId('recheck-says').textContent = 'The check runs in this browser, without a network.'
    if (!(await knowsSha256())) throw new Error('SHA-256 of this browser gives a wrong hash')
    const canSign = await knowsEd25519()
    const reasons = []
    const json = withoutEscapes((byId('report') || {}).textContent || '')
    const page = await checkPage(json, reasons)
    let report
    try {
      report = JSON.parse(json)
    } catch {
      reasons.push('The embedded report.json does not parse.')
    }
    const counts = { ok: 0, part: 0, bad: 0 }
    const outcomes = []
    if (report) {
      await checkFiles(report, reasons)
      const exhibits = report.exhibits
      for (let from = 0; from < exhibits.length; from += 500) {
        const some = exhibits.slice(from, from + 500)
        const found = await Promise.all(some.map((exhibit) => outcomeOf(report, exhibit, canSign, reasons)))
        for (const outcome of found) {
          counts[outcome[0]]++
          outcomes.push(outcome)
        }
        if (exhibits.length > 500) {
          byId('recheck-says').textContent = `${outcomes.length.toLocaleString('en')} of ${plural(exhibits.length, 'exhibit', 'exhibits')} checked.`
          await new Promise((done) => setTimeout(done))
        }
      }
      const isWhole = page.isShown && page.isContent && !around
      exhibits.forEach((exhibit, place) => sayOf(exhibit, outcomes[place], isWhole))
    }
    conclude(report, page, counts, reasons, canSign)
  }

  async function outcomeOf(report, exhibit, canSign, reasons) {
    try {
      return await checkExhibit(report, exhibit, canSign)
    } catch (error) {
      const why = error instanceof Doubt ? error.message : 'it could not be checked (' + error + ')'
      reasons.push(`Exhibit E${exhibit.number}: ${why}.`)
      return ['bad', `Does not agree: ${why}.`]
    }
  }

  function conclude(report, page, counts, reasons, canSign) {
    const total = report ? report.exhibits.length : 0
    if (reasons.length > 0 || !report || counts.bad > 0) {
      say('bad', 'Something in this file was changed after it was made, or it is damaged. What was found:', reasons)
      return
    }
    const parts = [
      'Visible text, report.json and attached files have the digests that the page states.',
      'The content hash printed below is that of the embedded report.json.',
    ]
    if (total > 0) {
      parts.push(`Of ${plural(total, 'exhibit', 'exhibits')}, ${counts.ok.toLocaleString('en')} lead to a checkpoint signed by the key under it` + (counts.part > 0 ? `, ${counts.part.toLocaleString('en')} could be re-checked in part or not at all: each says why.` : '.'))
    }
    if (!canSign) parts.push('Signatures were not re-checked in this browser: it has no Ed25519.')
    parts.push('This does not show who wrote the file: compare the content hash and the public keys with those that you get by another way.')
    say(counts.part > 0 || !canSign ? 'part' : 'ok', parts.join(' '), [])
  }

  check().catch((error) => {
    say('off', 'The check could not be completed: ' + error + '. Nothing may be taken as checked.', [])
    for (const place of document.querySelectorAll('p.recheck')) {
      place.className = 'recheck off'
      place.textContent = 'Not re-checked by this browser.'
    }
  })
})()
