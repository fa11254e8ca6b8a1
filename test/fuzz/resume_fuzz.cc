// A resume point, which recovery begins with: whatever the bytes, it is decoded or refused, and one
// that is decoded is written again in the same meaning.
#include "base/assert.h"
#include "input.h"
#include "log/resume_point.h"

namespace odradek {

void fuzz_resume_point(fuzz::Input input) {
  const auto point = decode_resume_point(input.view(input.size()));
  if (!point) return;
  const std::vector<uint8_t> bytes = encode_resume_point(*point);
  const auto again = decode_resume_point(bytes);
  ASSERT(again.has_value());
  ASSERT(again->end.offset == point->end.offset && again->end.position == point->end.position);
  ASSERT(again->offset_index.entries == point->offset_index.entries);
  ASSERT(again->time_index.crc == point->time_index.crc);
  ASSERT(point->producers.fits_log_end(point->end.offset));
  ASSERT(again->aborted.size() == point->aborted.size());
  ASSERT(again->producers.entries().size() == point->producers.entries().size());
  // Producers come in any order.
  ASSERT(encode_resume_point(*again).size() == bytes.size());
}

}  // namespace odradek

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  odradek::fuzz_resume_point({data, size});
  return 0;
}
