#include "sample_batch.h"

#include "batch/batch_builder.h"

namespace odradek::micro {

std::vector<uint8_t> sample_batch(int records, size_t value_bytes, TimestampMs first) {
  const std::vector<uint8_t> value(value_bytes, 0x5a);
  BatchBuilder builder;
  for (int i = 0; i < records; ++i) builder.append(first + i, as_bytes("key"), value);
  return builder.seal();
}

}  // namespace odradek::micro
