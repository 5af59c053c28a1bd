/** What has no picture of its own and may stand in JSON unescaped: DEL, C1, bidirectional and zero-width characters. */
const unseen = /(?![\u{fe00}-\u{fe0f}])[\x7f-\x9f\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu

/** JSON in which a reader sees every character: the same data, with more escapes. */
export function jsonText(data: unknown): string {
  return JSON.stringify(data).replace(unseen, (character) => {
    let escaped = ''
    for (let at = 0; at < character.length; at += 1) {
      escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
    }
    return escaped
  })
}
