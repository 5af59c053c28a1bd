const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text) => text.replace(/[&<>"]/g, (character) => escapes[character])

/** One entry of the Atom feed. */
export function entry({ slug, title, published }) {
  return `<entry><id>urn:feed:${slug}</id><title>${escape(title)}</title><updated>${timestamp(published)}</updated></entry>\n`
}

function timestamp(date) {
  return new Date(date).toISOString()
}

export const head =
  '<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>The feed</title>\n'
export const foot = '</feed>\n'
