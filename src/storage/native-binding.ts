/** The native module with this layer's error class handed to it. */
import { type NativeBinding, nativeBinding } from '../addon/binding.ts'
import { StorageError } from './log-store.ts'

let binding: NativeBinding | undefined

/** The native module of this environment, told once which class its errors have. */
export function nativeStorage(): NativeBinding {
  if (binding === undefined) {
    binding = nativeBinding()
    binding.initialize(StorageError)
  }
  return binding
}
