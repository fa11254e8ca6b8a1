#include "net/frame_decoder.h"

#include <algorithm>
#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes framed(const std::vector<Bytes>& frames) {
  Bytes stream;
  for (const Bytes& frame : frames) {
    uint8_t prefix[4];
    store_be<int32_t>(prefix, static_cast<int32_t>(frame.size()));
    stream.insert(stream.end(), prefix, prefix + 4);
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  return stream;
}

Bytes pattern(size_t size, uint8_t seed) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(seed + i * 7);
  return bytes;
}

// Feeds a stream in pieces, as sockets do, and gathers the frames.
class Feeder {
 public:
  explicit Feeder(size_t frame_bytes_max = 1 << 20, size_t scratch_bytes = 4096)
      : decoder(pool, frame_bytes_max), scratch_(scratch_bytes) {}

  // Gives at most `piece_max` bytes at once. False once the stream is refused.
  bool feed(ByteView stream, size_t piece_max) {
    while (!stream.empty()) {
      const ByteSpan target = decoder.target(scratch_);
      const size_t count = std::min({piece_max, target.size(), stream.size()});
      std::copy_n(stream.begin(), count, target.begin());
      decoder.received(count);
      stream = stream.subspan(count);
      if (!drain()) return false;
    }
    return true;
  }
  bool drain() {
    ByteSpan frame;
    for (;;) {
      const FrameStatus status = decoder.peek(&frame);
      if (status == FrameStatus::refused) return false;
      if (status == FrameStatus::incomplete) return true;
      frames.emplace_back(frame.begin(), frame.end());
      decoder.pop();
    }
  }
  ByteSpan scratch() { return scratch_; }

  BufferPool pool{1 << 20};
  FrameDecoder decoder;
  std::vector<Bytes> frames;

 private:
  Bytes scratch_;
};

TEST_CASE("frames come out whole whatever the pieces") {
  const std::vector<Bytes> frames = {pattern(0, 1),     pattern(1, 2),      pattern(100, 3),
                                     pattern(4096, 4),  pattern(100000, 5), pattern(3, 6),
                                     pattern(70000, 7), pattern(65536, 8),  pattern(10, 9)};
  const Bytes stream = framed(frames);
  for (size_t piece : {1UL, 2UL, 3UL, 5UL, 17UL, 1000UL, 4096UL, 100000UL, 1UL << 20}) {
    CAPTURE(piece);
    Feeder feeder;
    REQUIRE(feeder.feed(stream, piece));
    CHECK(feeder.frames == frames);
    CHECK(feeder.decoder.held_bytes() == 0);
    CHECK(feeder.pool.used_bytes() == 0);
  }
}

TEST_CASE("random frames in random pieces, 200 streams") {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    std::vector<Bytes> frames;
    for (int i = 0; i < 20; ++i) {
      const size_t size = size_t{1} << (random() % 18);
      frames.push_back(pattern(random() % size, static_cast<uint8_t>(random())));
    }
    const Bytes stream = framed(frames);
    Feeder feeder(1 << 20, 1 + random() % 10000);
    ByteView rest = stream;
    while (!rest.empty()) {
      const size_t piece = std::min<size_t>(rest.size(), 1 + random() % 20000);
      REQUIRE(feeder.feed(rest.first(piece), piece));
      rest = rest.subspan(piece);
    }
    REQUIRE(feeder.frames == frames);
  }
}

TEST_CASE("an impossible length is refused before anything is allocated") {
  for (int32_t length : {-1, INT32_MIN, 1001, INT32_MAX}) {
    CAPTURE(length);
    Feeder feeder(1000);
    uint8_t prefix[4];
    store_be<int32_t>(prefix, length);
    CHECK_FALSE(feeder.feed({prefix, 4}, 4));
    CHECK(feeder.pool.used_bytes() == 0);
  }
  Feeder feeder(1000);
  CHECK(feeder.feed(framed({pattern(1000, 1)}), 100));
  CHECK(feeder.frames.size() == 1);
}

TEST_CASE("a small frame is handed out where it was received") {
  Feeder feeder;
  const Bytes stream = framed({pattern(10, 1), pattern(20, 2)});
  const ByteSpan target = feeder.decoder.target(feeder.scratch());
  std::copy(stream.begin(), stream.end(), target.begin());
  feeder.decoder.received(stream.size());
  ByteSpan frame;
  REQUIRE(feeder.decoder.peek(&frame) == FrameStatus::whole);
  CHECK(frame.data() == feeder.scratch().data() + 4);
  feeder.decoder.pop();
  REQUIRE(feeder.decoder.peek(&frame) == FrameStatus::whole);
  CHECK(frame.data() == feeder.scratch().data() + 18);
  feeder.decoder.pop();
  CHECK(feeder.pool.used_bytes() == 0);
}

TEST_CASE("the rest of a large frame is received into its own buffer") {
  Feeder feeder;
  const Bytes stream = framed({pattern(50000, 1)});
  REQUIRE(feeder.feed(ByteView(stream).first(100), 100));
  const ByteSpan target = feeder.decoder.target(feeder.scratch());
  CHECK(target.size() == 50004 - 100);
  CHECK(target.data() != feeder.scratch().data());
}

TEST_CASE("unconsumed frames survive the reuse of the scratch buffer") {
  Feeder feeder;
  const std::vector<Bytes> frames = {pattern(10, 1), pattern(20, 2), pattern(6000, 3)};
  const Bytes stream = framed(frames);
  const ByteSpan target = feeder.decoder.target(feeder.scratch());
  std::copy_n(stream.begin(), 1000, target.begin());
  feeder.decoder.received(1000);
  ByteSpan frame;
  REQUIRE(feeder.decoder.peek(&frame) == FrameStatus::whole);
  REQUIRE(feeder.decoder.keep());
  std::fill(feeder.scratch().begin(), feeder.scratch().end(), uint8_t{0xee});
  REQUIRE(feeder.drain());
  REQUIRE(feeder.frames.size() == 2);
  REQUIRE(feeder.feed(ByteView(stream).subspan(1000), 700));
  CHECK(feeder.frames == frames);
  CHECK(feeder.pool.used_bytes() == 0);
}

}  // namespace
}  // namespace odradek
