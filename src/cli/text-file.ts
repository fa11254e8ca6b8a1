import { readFileSync } from 'node:fs'
import { fileErrorReason } from './file-error.ts'

/**
 * The text of a file that the command line names.
 *
 * @param what it is, as `config file`.
 * @param encoding `latin1` for the properties files of Java.
 * @throws {Error} a sentence that names the file, and why it cannot be read.
 */
export function readTextFile(
  what: string,
  path: string,
  encoding: 'utf8' | 'latin1' = 'utf8',
): string {
  try {
    return readFileSync(path, encoding)
  } catch (error) {
    throw new Error(`Cannot read the ${what} ${path}: ${fileErrorReason(error)}.`)
  }
}
