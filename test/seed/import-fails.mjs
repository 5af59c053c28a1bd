const config = { port: 0, name: 'shop' }
function load(name) {
  const file = `/no/${name}`
  throw new Error(`no config ${file}`)
}
load(config.name)
