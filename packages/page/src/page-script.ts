/**
 * Adds to a page that is whole without it: copy buttons, and arrow keys between frames. It inserts nothing but text,
 * asks for nothing, and keeps to the nonce.
 */
export const pageScript: string = /* js */ `
const said = document.getElementById('said')
const copy = async (button) => {
  const area = document.getElementById(button.dataset.copy)
  let done = true
  try {
    await navigator.clipboard.writeText(area.value)
  } catch {
    const fold = area.closest('details')
    const { open } = fold
    fold.open = true
    area.select()
    done = document.execCommand('copy')
    fold.open = open || !done
  }
  said.textContent = done ? 'Copied.' : 'Select the text and copy it.'
  setTimeout(() => { said.textContent = '' }, 3000)
}
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false
  button.addEventListener('click', () => copy(button))
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
