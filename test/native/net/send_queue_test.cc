#include "net/send_queue.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

// A pair of connected sockets; what the queue sends into `near` comes out of `far`.
struct Pair {
  Pair() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    for (int fd : ends) ::fcntl(fd, F_SETFL, O_NONBLOCK);
    near = Socket(ends[0]);
    far = Socket(ends[1]);
  }
  Bytes take(size_t count_max = 1 << 24) {
    Bytes taken(count_max);
    const ssize_t got = ::recv(far.fd(), taken.data(), taken.size(), 0);
    taken.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return taken;
  }
  Socket near;
  Socket far;
};

struct TemporaryFile {
  explicit TemporaryFile(const Bytes& content) {
    char path[] = "/tmp/odradek-send-XXXXXX";
    fd = ::mkstemp(path);
    ::unlink(path);
    REQUIRE(::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  }
  ~TemporaryFile() { ::close(fd); }
  FileRange range(int64_t position, size_t bytes,
                  std::shared_ptr<const FileRangeOwner> owner = nullptr) {
    return {std::move(owner), fd, position, bytes};
  }
  int fd;
};

struct NotedFailures final : FileRangeOwner {
  void send_failed(int64_t position) const override { positions.push_back(position); }
  mutable std::vector<int64_t> positions;
};

Bytes pattern(size_t size, uint8_t seed) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(seed + i * 13);
  return bytes;
}

void expect_frame(Bytes* expected, const Bytes& body) {
  uint8_t prefix[4];
  store_be<int32_t>(prefix, static_cast<int32_t>(body.size()));
  expected->insert(expected->end(), prefix, prefix + 4);
  expected->insert(expected->end(), body.begin(), body.end());
}

// Flushes and receives until the queue is empty.
Bytes send_all(SendQueue& queue, Pair& pair, size_t share = 1 << 20) {
  Bytes out;
  size_t sent = 0;
  for (;;) {
    const FlushStatus status = queue.flush(pair.near, share, &sent);
    REQUIRE(status != FlushStatus::failed);
    for (Bytes piece = pair.take(); !piece.empty(); piece = pair.take()) {
      out.insert(out.end(), piece.begin(), piece.end());
    }
    if (status == FlushStatus::drained) break;
  }
  CHECK(sent == out.size());
  CHECK(queue.empty());
  return out;
}

TEST_CASE("frames leave in order, with their length in front") {
  Pair pair;
  SendQueue queue;
  Bytes expected;
  for (int round = 0; round < 3; ++round) {
    for (size_t size : {0UL, 5UL, 1000UL, 5000UL, 200000UL}) {
      const Bytes body = pattern(size, static_cast<uint8_t>(size + round));
      if (size % 2 == 0) {
        queue.add_frame(body);
      } else {
        queue.add_frame(ByteView(body));
      }
      expect_frame(&expected, body);
    }
    CHECK(queue.unsent_bytes() == expected.size());
    CHECK(send_all(queue, pair) == expected);
    expected.clear();
  }
}

TEST_CASE("a frame of bytes and file ranges is one frame") {
  Pair pair;
  SendQueue queue;
  const Bytes content = pattern(300000, 1);
  TemporaryFile file(content);
  Bytes body = pattern(100, 2);
  queue.begin_frame();
  queue.bytes().append(body);
  queue.add_file(file.range(1000, 150000));
  body.insert(body.end(), content.begin() + 1000, content.begin() + 151000);
  queue.add_file(file.range(0, 10));  // right behind another range
  body.insert(body.end(), content.begin(), content.begin() + 10);
  const Bytes tail = pattern(7, 3);
  queue.bytes().append(tail);
  body.insert(body.end(), tail.begin(), tail.end());
  CHECK(queue.frame_bytes() == body.size());
  queue.end_frame();
  Bytes expected;
  expect_frame(&expected, body);
  for (size_t share : {1UL << 20, 1000UL}) {
    CAPTURE(share);
    SendQueue copy;
    if (share == 1000) {
      copy.begin_frame();
      copy.add_file(file.range(5, 50000));
      copy.end_frame();
      Bytes only;
      expect_frame(&only, Bytes(content.begin() + 5, content.begin() + 50005));
      CHECK(send_all(copy, pair, share) == only);
    } else {
      CHECK(send_all(queue, pair, share) == expected);
    }
  }
}

TEST_CASE("an abandoned frame leaves no trace") {
  Pair pair;
  SendQueue queue;
  TemporaryFile file(pattern(1000, 1));
  const Bytes before = pattern(10, 4);
  queue.add_frame(ByteView(before));
  queue.begin_frame();
  queue.bytes().append(pattern(500, 5));
  queue.add_file(file.range(0, 1000));
  queue.bytes().append(pattern(5, 6));
  queue.abandon_frame();
  const Bytes after = pattern(20, 7);
  queue.add_frame(ByteView(after));
  Bytes expected;
  expect_frame(&expected, before);
  expect_frame(&expected, after);
  CHECK(send_all(queue, pair) == expected);
}

TEST_CASE("a reader that does not read blocks the queue, which loses nothing") {
  Pair pair;
  SendQueue queue;
  Bytes expected;
  for (int i = 0; i < 100; ++i) {
    const Bytes body = pattern(50000, static_cast<uint8_t>(i));
    queue.add_frame(ByteView(body));
    expect_frame(&expected, body);
  }
  size_t sent = 0;
  CHECK(queue.flush(pair.near, 1U << 30, &sent) == FlushStatus::blocked);
  CHECK(queue.flush(pair.near, 1U << 30, &sent) == FlushStatus::blocked);
  CHECK(queue.unsent_bytes() == expected.size() - sent);
  Bytes out = pair.take(sent);
  while (out.size() < sent) {
    const Bytes more = pair.take(sent - out.size());
    out.insert(out.end(), more.begin(), more.end());
  }
  const Bytes rest = send_all(queue, pair);
  out.insert(out.end(), rest.begin(), rest.end());
  CHECK(out == expected);
}

TEST_CASE("a file that is shorter than promised, and a peer that left, fail") {
  {
    Pair pair;
    SendQueue queue;
    TemporaryFile file(pattern(100, 1));
    queue.begin_frame();
    queue.add_file(file.range(50, 100));
    queue.end_frame();
    size_t sent = 0;
    CHECK(queue.flush(pair.near, 1 << 20, &sent) == FlushStatus::failed);
  }
  Pair pair;
  SendQueue queue;
  pair.far.close();
  queue.add_frame(ByteView(pattern(10, 1)));
  size_t sent = 0;
  CHECK(queue.flush(pair.near, 1 << 20, &sent) == FlushStatus::failed);
}

TEST_CASE("a sent file range lets go of its file") {
  Pair pair;
  SendQueue queue;
  TemporaryFile file(pattern(100, 1));
  auto owner = std::make_shared<NotedFailures>();
  queue.begin_frame();
  queue.add_file(file.range(0, 100, owner));
  queue.end_frame();
  CHECK(owner.use_count() == 2);
  send_all(queue, pair);
  CHECK(owner.use_count() == 1);
}

TEST_CASE("the owner of a file range hears from where on it could not be sent") {
  Pair pair;
  SendQueue queue;
  TemporaryFile file(pattern(100000, 1));
  auto first = std::make_shared<NotedFailures>();
  auto second = std::make_shared<NotedFailures>();
  queue.begin_frame();
  queue.add_file(file.range(0, 1000, first));
  queue.add_file(file.range(50000, 40000, second));
  queue.end_frame();
  size_t sent = 0;
  CHECK(queue.flush(pair.near, 11004, &sent) == FlushStatus::more);
  REQUIRE(sent == 11004);
  REQUIRE(::ftruncate(file.fd, 60000) == 0);  // exactly behind what was sent
  CHECK(queue.flush(pair.near, 1 << 20, &sent) == FlushStatus::failed);
  CHECK(first->positions.empty());
  CHECK(second->positions == std::vector<int64_t>{60000});
}

TEST_CASE("random frames against a plain byte string, 100 queues") {
  const Bytes content = pattern(100000, 9);
  TemporaryFile file(content);
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    Pair pair;
    SendQueue queue;
    Bytes expected;
    Bytes out;
    size_t sent = 0;
    for (int i = 0; i < 50; ++i) {
      Bytes body;
      queue.begin_frame();
      for (uint64_t pieces = random() % 4; pieces > 0; --pieces) {
        const size_t size = random() % (size_t{1} << (random() % 16));
        if (random() % 3 == 0 && size > 0) {
          const auto at = static_cast<int64_t>(random() % (content.size() - size));
          queue.add_file(file.range(at, size));
          body.insert(body.end(), content.begin() + at,
                      content.begin() + at + static_cast<int64_t>(size));
        } else {
          const Bytes bytes = pattern(size, static_cast<uint8_t>(random()));
          queue.bytes().append(bytes);
          body.insert(body.end(), bytes.begin(), bytes.end());
        }
      }
      if (random() % 8 == 0) {
        queue.abandon_frame();
      } else {
        queue.end_frame();
        expect_frame(&expected, body);
      }
      if (random() % 3 == 0) {
        REQUIRE(queue.flush(pair.near, 1 + random() % 100000, &sent) != FlushStatus::failed);
        const Bytes piece = pair.take(1 + random() % 50000);
        out.insert(out.end(), piece.begin(), piece.end());
      }
    }
    for (Bytes piece = pair.take(); !piece.empty(); piece = pair.take()) {
      out.insert(out.end(), piece.begin(), piece.end());
    }
    for (;;) {
      const FlushStatus status = queue.flush(pair.near, 1 << 20, &sent);
      for (Bytes piece = pair.take(); !piece.empty(); piece = pair.take()) {
        out.insert(out.end(), piece.begin(), piece.end());
      }
      if (status == FlushStatus::drained) break;
    }
    REQUIRE(out == expected);
  }
}

}  // namespace
}  // namespace odradek
