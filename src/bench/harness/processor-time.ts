import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** Linux tells a process's time in these, whatever its kernel counts in. */
const ticksPerSecond = 100
/** Fields of /proc/PID/stat behind the program's name: utime and stime, cutime and cstime. */
const ownFields = [11, 12]
const endedFields = [13, 14]

/** CPU time of a process's threads so far, in seconds; throws if it is gone. */
export function processSeconds(pid: number): number {
  return ticksOf(pid, ownFields) / ticksPerSecond
}

/** CPU time of all children of this process that have ended, in seconds. */
export function endedChildrenSeconds(): number {
  return ticksOf('self', endedFields) / ticksPerSecond
}

/** What a client and a broker spent on some work. */
export interface Spending<T> {
  readonly result: T
  readonly seconds: number
  readonly clientCpuSeconds: number
  /** Undefined where there is no process to read it from. */
  readonly brokerCpuSeconds: number | undefined
}

/**
 * Does work by processes that are children of this one and end with it, as no others do meanwhile;
 * tells what their whole lives took, and the broker, if it is a process here.
 */
export async function spending<T>(
  brokerPid: number | undefined,
  work: () => Promise<T>,
): Promise<Spending<T>> {
  const broker = () => (brokerPid === undefined ? Number.NaN : processSeconds(brokerPid))
  const [begun, clientBefore, brokerBefore] = [performance.now(), endedChildrenSeconds(), broker()]
  const result = await work()
  const spent = broker() - brokerBefore
  return {
    result,
    seconds: (performance.now() - begun) / 1_000,
    clientCpuSeconds: endedChildrenSeconds() - clientBefore,
    brokerCpuSeconds: Number.isNaN(spent) ? undefined : spent,
  }
}

function ticksOf(pid: number | 'self', fields: readonly number[]): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // A program's name may hold blanks and brackets.
  const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.reduce((sum, field) => sum + Number(rest[field]), 0)
}

/** Processor time that the whole machine has spent at work, in seconds over all cores. */
export function machineSeconds(): number {
  const busy = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq)
  return busy.reduce((sum, ms) => sum + ms, 0) / 1_000
}

/** Of the columns of the first line of proc_stat(5). */
const stolenColumn = 8

/** Processor time that a virtual machine's host gave to others, in seconds over all cores. */
export function stolenSeconds(stat: string = readFileSync('/proc/stat', 'utf8')): number {
  const [machine = ''] = stat.split('\n', 1)
  return Number(machine.split(/ +/)[stolenColumn]) / ticksPerSecond
}

/**
 * The figures that work ends with, and which share of all processors' time the machine's host gave
 * to others meanwhile: a thread that it stops stands still for milliseconds.
 */
export async function withStolenShare(
  work: () => Promise<object>,
): Promise<{ readonly stolenShare: number }> {
  const [begun, before] = [performance.now(), stolenSeconds()]
  const figures = await work()
  const seconds = (performance.now() - begun) / 1_000
  return { ...figures, stolenShare: (stolenSeconds() - before) / (seconds * cpus().length) }
}

/**
 * How many cores worked while `rest` lasted, less what the named process used: what others took
 * from a measurement that begins now. Never below 0.
 */
export async function othersCores(
  pid: number | undefined,
  rest: () => Promise<unknown>,
): Promise<number> {
  const used = () => machineSeconds() - (pid === undefined ? 0 : processSeconds(pid))
  const [begun, before] = [performance.now(), used()]
  await rest()
  return Math.max(0, ((used() - before) * 1_000) / (performance.now() - begun))
}
