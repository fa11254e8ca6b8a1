/**
 * What is sent to a thread that cleans and what comes back. Plain data: it crosses by structured
 * clone.
 */
import type { CleaningOptions, CleaningResult } from '../../cleaner/clean-log.ts'
import type { DirtyRange } from '../../cleaner/stored-log.ts'

/** One cleaning of one log. */
export interface CleaningJob {
  /** Of the log directory. */
  readonly path: string
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly range: DirtyRange
  readonly options: Omit<CleaningOptions, 'proceed'>
}

/** How it ended; `failed`: the disk or the log did not let it, with why. */
export type CleaningAnswer = CleaningResult | { readonly kind: 'failed'; readonly reason: string }

/** To the thread. A cleaning is answered by one {@link CleaningAnswer}; one at a time. */
export type CleaningCommand =
  | { readonly kind: 'clean'; readonly job: CleaningJob; readonly bytesPerSecond: number }
  /** What is under way goes on at this speed. */
  | { readonly kind: 'pace'; readonly bytesPerSecond: number }
  /** Ends what is under way, gives the directories back and ends the thread. */
  | { readonly kind: 'stop' }
