#include "checksum/crc32c.h"

#include <atomic>

#include "checksum/crc32c_kernels.h"

namespace odradek {
namespace {

using crc32c_kernels::Kernel;

Kernel choose() {
  if (Kernel kernel = crc32c_kernels::sse42(); kernel != nullptr) return kernel;
  if (Kernel kernel = crc32c_kernels::arm64(); kernel != nullptr) return kernel;
  return &crc32c_kernels::portable;
}

uint32_t first_call(uint32_t state, const uint8_t* data, size_t size);

// Starts at a function that replaces itself: no static constructor, nothing to destroy, and threads
// that race for the first call write the same pointer.
constinit std::atomic<Kernel> chosen{&first_call};

uint32_t first_call(uint32_t state, const uint8_t* data, size_t size) {
  const Kernel kernel = choose();
  chosen.store(kernel, std::memory_order_relaxed);
  return kernel(state, data, size);
}

}  // namespace

uint32_t crc32c(ByteView bytes) { return crc32c_extend(0, bytes); }

uint32_t crc32c_extend(uint32_t crc, ByteView bytes) {
  return ~chosen.load(std::memory_order_relaxed)(~crc, bytes.data(), bytes.size());
}

const char* crc32c_implementation() {
  if (crc32c_kernels::sse42() != nullptr) return "sse4.2";
  return crc32c_kernels::arm64() != nullptr ? "arm64" : "portable";
}

}  // namespace odradek
