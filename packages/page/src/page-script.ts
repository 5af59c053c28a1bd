/**
 * Adds to a page that is whole without it: links that copy, and arrow keys between frames. It inserts nothing but text,
 * asks for nothing but a form of its own report, and keeps to the nonce.
 */
export const pageScript: string = /* js */ `
const said = document.getElementById('said')
let silence
const say = (text) => {
  said.textContent = text
  clearTimeout(silence)
  silence = setTimeout(() => { said.textContent = '' }, 6000)
}
const textOf = async ({ href, dataset }) => {
  if (dataset.copy !== '') return document.getElementById(dataset.copy).value
  const answer = await fetch(href)
  if (!answer.ok) throw new Error(answer.status)
  return answer.text()
}
const write = async (text) => {
  try {
    // A promise: some browsers forget the click while text is fetched.
    const blob = text.then((whole) => new Blob([whole], { type: 'text/plain' }))
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = await text
    area.className = 'skip'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
const copy = async (from) => {
  try {
    const done = await write(textOf(from))
    say(done ? ['Copied.', from.dataset.note].join(' ').trim() : 'The browser did not let it: select the text below.')
  } catch {
    say('Not copied: the server has no such report any more.')
  }
  from.focus()
}
for (const one of document.querySelectorAll('[data-copy]')) {
  one.hidden = false
  if (one.href) one.setAttribute('role', 'button')
  one.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    copy(one)
  })
  one.addEventListener('keydown', (event) => {
    if (event.key !== ' ' || !one.href) return
    event.preventDefault()
    one.click()
  })
}
document.getElementById('frames').addEventListener('keydown', (event) => {
  const summary = event.target.closest('summary')
  if (summary === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const { key } = event
  if (key === 'ArrowRight' || key === 'ArrowLeft') {
    summary.parentElement.open = key === 'ArrowRight'
  } else if (key === 'ArrowDown' || key === 'ArrowUp') {
    const all = [...event.currentTarget.querySelectorAll('summary')].filter((one) => one.checkVisibility())
    all[all.indexOf(summary) + (key === 'ArrowDown' ? 1 : -1)]?.focus()
  } else return
  event.preventDefault()
})
`
  .trim()
  .replaceAll(/\n\s*/g, '\n')
