// The command without what finds and starts it.
import { replay } from '../../packages/cli/dist/replay.js'

process.exitCode = await replay(process.argv.slice(2))
