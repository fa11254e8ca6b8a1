// The send queue against the plain concatenation of its frames: random frames of bytes, vectors and
// file ranges, some taken back, sent in random shares into a socket that is read as it likes.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "net/send_queue.h"

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937_64;

Bytes random_bytes(Random& random, size_t size_max) {
  Bytes bytes(random() % size_max);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

// An unlinked file that says when its descriptor is closed.
struct OpenFile final : FileRangeOwner {
  explicit OpenFile(const Bytes& bytes) : content(bytes) {
    char path[] = "/tmp/odradek-queue-XXXXXX";
    fd = ::mkstemp(path);
    REQUIRE(fd >= 0);
    ::unlink(path);
    REQUIRE(::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  }
  ~OpenFile() override { ::close(fd); }
  void send_failed(int64_t position) const override { failed_at.push_back(position); }

  mutable std::vector<int64_t> failed_at;
  Bytes content;
  int fd;
};

class Scenario {
 public:
  explicit Scenario(uint64_t seed) : random_(seed) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    for (int fd : ends) ::fcntl(fd, F_SETFL, O_NONBLOCK);
    near_ = Socket(ends[0]);
    far_ = Socket(ends[1]);
    const int small = 4096;
    ::setsockopt(near_.fd(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    file_ = std::make_shared<OpenFile>(random_bytes(random_, 60000));
    file_->content.resize(std::max<size_t>(file_->content.size(), 1));
    REQUIRE(::ftruncate(file_->fd, static_cast<off_t>(file_->content.size())) == 0);
  }

  void step() {
    switch (random_() % 6) {
      case 0:
        add_vector();
        break;
      case 1:
      case 2:
        build_frame();
        break;
      case 3:
        receive(random_() % 20000);
        break;
      default:
        flush(1 + random_() % 30000);
        break;
    }
    REQUIRE(queue_.unsent_bytes() == expected_.size() - sent_);
    REQUIRE(queue_.empty() == (sent_ == expected_.size()));
  }

  // Everything leaves, and is what was put in.
  void finish() {
    while (!queue_.empty()) {
      flush(1 << 16);
      receive(1 << 16);
    }
    receive(1 << 24);
    REQUIRE(received_ == expected_);
    std::weak_ptr<OpenFile> watched = file_;
    file_ = nullptr;
    CHECK(watched.expired());  // a drained queue holds no file
  }

 private:
  void expect(const Bytes& body) {
    uint8_t prefix[4];
    store_be<int32_t>(prefix, static_cast<int32_t>(body.size()));
    expected_.insert(expected_.end(), prefix, prefix + 4);
    expected_.insert(expected_.end(), body.begin(), body.end());
  }

  void add_vector() {
    const Bytes body = random_bytes(random_, random_() % 4 == 0 ? 20000 : 200);
    if (random_() % 2 == 0) {
      queue_.add_frame(ByteView(body));
    } else {
      queue_.add_frame(body);
    }
    expect(body);
  }

  void build_frame() {
    Bytes body;
    queue_.begin_frame();
    for (uint64_t pieces = random_() % 5; pieces > 0; --pieces) {
      if (random_() % 2 == 0) {
        const size_t from = random_() % file_->content.size();
        const size_t count = 1 + random_() % (file_->content.size() - from);
        queue_.add_file({file_, file_->fd, static_cast<int64_t>(from), count});
        const auto begin = file_->content.begin() + static_cast<ptrdiff_t>(from);
        body.insert(body.end(), begin, begin + static_cast<ptrdiff_t>(count));
      } else {
        const Bytes piece = random_bytes(random_, random_() % 8 == 0 ? 100000 : 500);
        queue_.bytes().append(piece);
        body.insert(body.end(), piece.begin(), piece.end());
      }
      REQUIRE(queue_.frame_bytes() == body.size());
    }
    if (random_() % 5 == 0) {
      queue_.abandon_frame();
      return;
    }
    queue_.end_frame();
    expect(body);
  }

  void flush(size_t share) {
    size_t sent = 0;
    const FlushStatus status = queue_.flush(near_, share, &sent);
    REQUIRE(status != FlushStatus::failed);
    if (status == FlushStatus::drained) REQUIRE(queue_.empty());
    if (status == FlushStatus::more) REQUIRE(sent >= share);
    sent_ += sent;
  }

  void receive(size_t count) {
    Bytes piece(count);
    while (count > 0) {
      const ssize_t got = ::recv(far_.fd(), piece.data(), count, 0);
      if (got <= 0) return;
      received_.insert(received_.end(), piece.begin(), piece.begin() + got);
      count -= static_cast<size_t>(got);
    }
  }

  Random random_;
  Socket near_;
  Socket far_;
  std::shared_ptr<OpenFile> file_;
  SendQueue queue_;
  Bytes expected_;
  Bytes received_;
  size_t sent_ = 0;
};

}  // namespace

TEST_CASE("what comes out is the frames in order, whatever the pieces, shares and pauses") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Scenario scenario(seed);
    for (int step = 0; step < 60; ++step) {
      CAPTURE(step);
      scenario.step();
    }
    scenario.finish();
  }
}

TEST_CASE("a peer that is gone fails the flush, and the queue can go with what it holds") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  Socket near(ends[0]);
  ::close(ends[1]);
  auto file = std::make_shared<OpenFile>(Bytes(1000, 1));
  const std::weak_ptr<OpenFile> watched = file;
  {
    SendQueue queue;
    queue.begin_frame();
    queue.bytes().append(Bytes(100, 2));
    queue.add_file({file, file->fd, 0, 1000});
    file = nullptr;
    queue.end_frame();
    size_t sent = 0;
    CHECK(queue.flush(near, 1 << 20, &sent) == FlushStatus::failed);
    CHECK(sent == 0);
    CHECK(queue.unsent_bytes() == 1104);
    CHECK(watched.lock()->failed_at.empty());  // the bytes before it failed
    CHECK_FALSE(watched.expired());
  }
  CHECK(watched.expired());
}

TEST_CASE("a file that was cut under the queue fails the connection, not the process") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  Socket near(ends[0]);
  Socket far(ends[1]);
  auto file = std::make_shared<OpenFile>(Bytes(1000, 1));
  SendQueue queue;
  queue.begin_frame();
  queue.add_file({file, file->fd, 500, 500});
  queue.end_frame();
  REQUIRE(::ftruncate(file->fd, 400) == 0);
  size_t sent = 0;
  CHECK(queue.flush(near, 1 << 20, &sent) == FlushStatus::failed);
  CHECK(sent <= 4);  // nothing but the frame's length
  CHECK(file->failed_at == std::vector<int64_t>{500});
}

}  // namespace odradek
