// Frames out of a stream that comes in pieces: the same frames as a plain cut of the whole stream
// gives, however it is chopped, and none behind a length that is refused.
//
//   scratch size (1 byte) | chopping (1 byte) | stream
#include "base/assert.h"
#include "input.h"
#include "net/frame_decoder.h"

namespace odradek {
namespace {

constexpr size_t kLengthMax = 5000;

struct Cut {
  std::vector<std::vector<uint8_t>> frames;
  bool refused = false;
};

Cut cut_plainly(ByteView stream) {
  Cut cut;
  while (stream.size() >= kFramePrefixBytes) {
    const auto length = load_be<int32_t>(stream.data());
    cut.refused = length < 0 || static_cast<size_t>(length) > kLengthMax;
    if (cut.refused || stream.size() - kFramePrefixBytes < static_cast<size_t>(length)) break;
    const ByteView frame = stream.subspan(kFramePrefixBytes, static_cast<size_t>(length));
    cut.frames.emplace_back(frame.begin(), frame.end());
    stream = stream.subspan(kFramePrefixBytes + frame.size());
  }
  return cut;
}

}  // namespace

void fuzz_frames(fuzz::Input input) {
  std::vector<uint8_t> scratch(16 + input.number<uint8_t>() * size_t{8});
  uint32_t chopping = input.number<uint8_t>();
  const std::vector<uint8_t> stream = input.bytes(input.size());
  const Cut expected = cut_plainly(stream);
  BufferPool pool(1 << 16);
  FrameDecoder decoder(pool, kLengthMax);
  size_t at = 0;
  size_t frames = 0;
  for (;;) {
    ByteSpan frame;
    FrameStatus status = decoder.peek(&frame);
    for (; status == FrameStatus::whole; status = decoder.peek(&frame)) {
      ASSERT(frames < expected.frames.size());
      ASSERT(std::ranges::equal(frame, expected.frames[frames]));
      ++frames;
      decoder.pop();
    }
    if (status == FrameStatus::refused) {
      ASSERT(expected.refused && frames == expected.frames.size());
      return;
    }
    if (at == stream.size()) break;
    chopping = chopping * 1664525 + 1013904223;
    // At times the scratch buffer is wanted for another connection.
    if (chopping >> 30 == 0) {
      ASSERT(decoder.keep());
      std::ranges::fill(scratch, uint8_t{0xdb});
    }
    const ByteSpan target = decoder.target(scratch);
    ASSERT(!target.empty());
    const size_t count =
        std::min({target.size(), stream.size() - at, size_t{1 + (chopping >> 8) % 300}});
    std::copy_n(stream.begin() + static_cast<ptrdiff_t>(at), count, target.begin());
    decoder.received(count);
    at += count;
  }
  ASSERT(frames == expected.frames.size() && !expected.refused);
}

}  // namespace odradek

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  odradek::fuzz_frames({data, size});
  return 0;
}
