// Before each file of tests: what it starts has its sessions in a directory of its own, so that tests that run side by
// side do not list each other's, nor those of the user.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'tp-run-'))
process.env['THROWPOINT_RUN_DIR'] = join(directory, 'run')
// Registered first, so it comes after those of the file, which stop its programs.
afterAll(() => rmSync(directory, { recursive: true, force: true }))
