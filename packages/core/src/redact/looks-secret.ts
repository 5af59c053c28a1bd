/** Pieces of one kind: a word, capitals, digits. Words have few, random text has many. */
const pieces = /[A-Z]?[a-z]+|[A-Z]+|\d+/g
const runs = /[A-Za-z\d]+/g

/**
 * Whether a text looks like a key or a hash: one word of at least 16 characters in which letters and digits (or large
 * and small letters) are mixed as no person would write them. `uploads/2024/photo-12.jpg`, `getUserById`, dates and
 * addresses do not; UUIDs do.
 */
export function looksSecret(text: string): boolean {
  if (text.length < 16 || text.length > 8192 || /\s/.test(text)) return false
  let mixed = 0
  let count = 0
  let letters = 0
  let digits = 0
  const all = text.match(runs) ?? []
  for (let at = 0; at < all.length; at++) {
    const run = all[at]!
    const found = run.match(pieces)?.length ?? 0
    if (found < 2) continue
    const inDigits = run.replace(/\D/g, '').length
    mixed += run.length
    count += found
    digits += inDigits
    letters += run.length - inDigits
  }
  if (mixed < 8 || letters < 3) return false
  return mixed / count <= (digits > 0 ? 3 : 2)
}
