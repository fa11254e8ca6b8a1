/** What the process ends with, as the manual of every shell expects it. */
export const exitCode = {
  /** Done, or stopped as asked. */
  success: 0,
  /** The command was understood and failed; a sentence on stderr says why. */
  failure: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** `log verify`, `repair` and `recover` could not look at what they were pointed at. */
  unusable: 2,
} as const
