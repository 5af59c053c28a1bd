/** What has no picture of its own and may stand in JSON as it is: DEL, C1, bidirectional and zero-width characters. */
const unseen = /(?![\u{fe00}-\u{fe0f}])[\x7f-\x9f\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu

/** Where such characters are, and more: few texts have any of these, and each is looked at twice. */
const suspects = new RegExp(
  String.raw`[\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb]+`,
  'g',
)

/** The same JSON, in which a reader sees every character: outside of strings it has none of these. */
export function withUnseenEscaped(json: string): string {
  return json.replace(suspects, (run) => run.replace(unseen, escaped))
}

function escaped(character: string): string {
  let text = ''
  for (let at = 0; at < character.length; at += 1) {
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
  }
  return text
}
