/** What has no picture of its own and may stand in JSON as it is: DEL, C1, bidirectional and zero-width characters. */
const unseen = /(?![\u{fe00}-\u{fe0f}])[\x7f-\x9f\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu

/** The same JSON, in which a reader sees every character: outside of strings it has none of these. */
export function withUnseenEscaped(json: string): string {
  return json.replace(/[^\0-\x7e]+/g, (run) => run.replace(unseen, escaped))
}

function escaped(character: string): string {
  let text = ''
  for (let at = 0; at < character.length; at += 1) {
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
  }
  return text
}
