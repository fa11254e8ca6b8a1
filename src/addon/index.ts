/** Why the native module cannot be loaded. */
export { NativeModuleError, type NativeModuleProblem } from './load.ts'
