#include "net/connection.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include <doctest/doctest.h>

#include "net/listener.h"
#include "net/loopback_client.h"

namespace odradek {
namespace {

// Answers each frame with itself. Frames that begin with 'H' are held until release().
class Echo final : public ConnectionHandler {
 public:
  Echo(Connection& connection, std::atomic<int>& closed, std::atomic<bool>& released)
      : connection_(connection), closed_(closed), released_(released) {}
  FrameVerdict on_frame(ByteSpan frame) override {
    if (!frame.empty() && frame[0] == 'H' && !released_) return FrameVerdict::hold;
    if (!frame.empty() && frame[0] == 'X') return FrameVerdict::close;
    connection_.send_queue().add_frame(ByteView(frame));
    connection_.flush_soon();
    return FrameVerdict::taken;
  }
  void on_closed() override { ++closed_; }
  bool is_busy() const override { return false; }

 private:
  Connection& connection_;
  std::atomic<int>& closed_;
  std::atomic<bool>& released_;
};

class EchoServer {
 public:
  explicit EchoServer(ConnectionLimits limits = {}, bool portable = false)
      : reactor_("test-echo", system_clock(), portable ? make_portable_poller() : make_poller()),
        set_(reactor_, limits, [this](Connection& connection) {
          return std::make_unique<Echo>(connection, closed, released);
        }) {
    auto bound = Listener::bind({"127.0.0.1", 0});
    REQUIRE(bound);
    listener_ = std::move(*bound);
    reactor_.on_turn([this] {
      set_.end_turn();
      idle_buffer_bytes = set_.buffers().idle_bytes();
      turned_away = listener_->turned_away();
    });
    const auto adopt = [this](Socket socket) { set_.adopt(std::move(socket), ++last_id_); };
    listener_->open(
        reactor_, adopt, [] { return true; }, true);
    REQUIRE(reactor_.start());
  }
  ~EchoServer() {
    reactor_.post(make_task([this] {
      listener_->close();
      set_.close_all();
    }));
    reactor_.stop();
  }
  uint16_t port() const { return listener_->endpoint().port; }
  LoopbackClient client(int receive_buffer = 0) { return LoopbackClient(port(), receive_buffer); }
  const ConnectionCounters& counters() const { return set_.counters(); }
  void release() {
    released = true;
    reactor_.post(make_task(
        [this] { set_.for_each([](Connection& connection) { connection.resume_soon(); }); }));
  }

  std::atomic<int> closed{0};
  std::atomic<bool> released{false};
  std::atomic<size_t> idle_buffer_bytes{0};
  std::atomic<uint64_t> turned_away{0};

 private:
  Reactor reactor_;
  ConnectionSet set_;
  std::unique_ptr<Listener> listener_;
  uint64_t last_id_ = 0;
};

Bytes body(size_t size, uint8_t seed) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>('a' + (seed + i) % 20);
  return bytes;
}

TEST_CASE("frames of every size come back, with either poller") {
  for (bool portable : {false, true}) {
    CAPTURE(portable);
    EchoServer server({}, portable);
    auto client = server.client();
    REQUIRE(client.connected());
    for (size_t size : {0UL, 1UL, 100UL, 5000UL, 131072UL, 1048576UL, 3000000UL, 10UL}) {
      CAPTURE(size);
      const Bytes sent = body(size, static_cast<uint8_t>(size));
      std::thread sender([&] { client.send_frame(sent); });
      const auto answer = client.receive_frame();
      sender.join();
      REQUIRE(answer);
      REQUIRE(*answer == sent);
    }
  }
}

TEST_CASE("frames sent ahead come back in order") {
  EchoServer server;
  auto client = server.client();
  std::thread sender([&] {
    for (int i = 0; i < 2000; ++i) client.send_frame(body(1 + static_cast<size_t>(i) % 3000, 1));
  });
  for (int i = 0; i < 2000; ++i) {
    const auto answer = client.receive_frame();
    REQUIRE(answer);
    REQUIRE(answer->size() == 1 + static_cast<size_t>(i) % 3000);
  }
  sender.join();
}

TEST_CASE("half a frame costs its own connection only") {
  EchoServer server;
  std::vector<LoopbackClient> halves;
  for (int i = 0; i < 20; ++i) {
    halves.push_back(server.client());
    uint8_t start[10] = {0, 50, 0, 0, 'a', 'b', 'c', 'd', 'e', 'f'};  // of 3 MB
    halves.back().send({start, static_cast<size_t>(1 + i % 10)});
  }
  auto client = server.client();
  for (int i = 0; i < 100; ++i) {
    REQUIRE(client.send_frame(body(100, 1)));
    REQUIRE(client.receive_frame());
  }
  // One of them goes on, byte by byte.
  auto& slow = halves[3];  // has sent four bytes: the whole prefix of 3,276,800
  (void)slow;
  auto patient = server.client();
  const Bytes text = body(20, 2);
  Bytes frame(4 + text.size());
  store_be<int32_t>(frame.data(), 20);
  std::copy(text.begin(), text.end(), frame.begin() + 4);
  for (uint8_t byte : frame) REQUIRE(patient.send({&byte, 1}));
  CHECK(patient.receive_frame() == text);
}

TEST_CASE("a frame that is too long or negative closes its connection at once") {
  ConnectionLimits limits;
  limits.frame_bytes_max = 1000;
  EchoServer server(limits);
  for (int32_t length : {1001, -1, INT32_MIN, INT32_MAX}) {
    CAPTURE(length);
    auto client = server.client();
    uint8_t prefix[4];
    store_be<int32_t>(prefix, length);
    client.send({prefix, 4});
    CHECK(client.is_closed_by_peer());
  }
  CHECK(eventually([&] { return server.counters().frames_refused == 4; }));
  auto client = server.client();
  REQUIRE(client.send_frame(body(1000, 1)));
  CHECK(client.receive_frame());
}

TEST_CASE("a handler may close its connection") {
  EchoServer server;
  auto client = server.client();
  REQUIRE(client.send_frame(as_bytes("fine")));
  REQUIRE(client.send_frame(as_bytes("X")));
  CHECK(client.receive_frame());
  CHECK(client.is_closed_by_peer());
  CHECK(eventually([&] { return server.closed == 1; }));
}

TEST_CASE("a slow reader stops being read from, and loses nothing") {
  EchoServer server;
  auto slow = server.client(4096);
  std::atomic<int> sent{0};
  const Bytes frame = body(100000, 1);
  std::thread sender([&] {
    for (int i = 0; i < 300; ++i) {
      if (!slow.send_frame(frame)) return;
      ++sent;
    }
  });
  auto client = server.client();
  for (int i = 0; i < 200; ++i) {
    REQUIRE(client.send_frame(body(100, 1)));
    REQUIRE(client.receive_frame());
  }
  // What is on its way is bounded by the socket buffers and the queue's limit.
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(sent < 300);
  for (int i = 0; i < 300; ++i) {
    const auto answer = slow.receive_frame();
    REQUIRE(answer);
    REQUIRE(*answer == frame);
  }
  sender.join();
}

TEST_CASE("a held frame waits, those behind it too, and a peer that leaves meanwhile is noticed") {
  EchoServer server;
  auto client = server.client();
  REQUIRE(client.send_frame(as_bytes("first")));
  REQUIRE(client.send_frame(as_bytes("Hold me")));
  for (int i = 0; i < 1000; ++i) REQUIRE(client.send_frame(body(1000, 3)));
  CHECK(as_text(*client.receive_frame()) == "first");
  CHECK_FALSE(client.readable(50));
  auto leaver = server.client();
  REQUIRE(leaver.send_frame(as_bytes("Hold this")));
  CHECK_FALSE(leaver.readable(20));
  leaver.close();
  CHECK(eventually([&] { return server.closed == 1; }));
  server.release();
  CHECK(as_text(*client.receive_frame()) == "Hold me");
  for (int i = 0; i < 1000; ++i) REQUIRE(client.receive_frame()->size() == 1000);
}

TEST_CASE("a thousand connections are served and forgotten") {
  EchoServer server;
  {
    std::vector<LoopbackClient> clients;
    for (int i = 0; i < 1000; ++i) {
      clients.push_back(server.client());
      REQUIRE(clients.back().connected());
    }
    for (auto& client : clients) REQUIRE(client.send_frame(body(64, 1)));
    for (auto& client : clients) REQUIRE(client.receive_frame());
    CHECK(server.counters().open == 1000);
    for (size_t i = 0; i < clients.size(); i += 2) clients[i].reset();
  }
  CHECK(eventually([&] { return server.counters().open == 0; }));
  CHECK(server.closed == 1000);
}

TEST_CASE("an idle connection is closed, a busy one is not") {
  ConnectionLimits limits;
  limits.idle_ms_max = 150;
  EchoServer server(limits);
  auto idle = server.client();
  auto busy = server.client();
  for (int i = 0; i < 10; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    REQUIRE(busy.send_frame(body(10, 1)));
    REQUIRE(busy.receive_frame());
  }
  CHECK(idle.is_closed_by_peer(0));
  CHECK(busy.is_closed_by_peer());
}

TEST_CASE("frame buffers are given back when they are not needed") {
  EchoServer server;
  auto client = server.client();
  const Bytes large = body(2000000, 1);
  std::thread sender([&] { client.send_frame(large); });
  REQUIRE(client.receive_frame());
  sender.join();
  CHECK(eventually([&] { return server.idle_buffer_bytes > 0; }));
  auto other = server.client();
  CHECK(eventually([&] {
    other.send_frame(as_bytes("tick"));
    other.receive_frame();
    return server.idle_buffer_bytes == 0;
  }));
}

TEST_CASE("out of descriptors, a new connection is turned away and the others are served") {
  EchoServer server;
  auto client = server.client();
  REQUIRE(client.send_frame(as_bytes("before")));
  REQUIRE(client.receive_frame());
  rlimit before;
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit low = before;
  low.rlim_cur = 64;
  std::vector<int> fillers;
  auto one = LoopbackClient(server.port());  // its own descriptor exists before the limit
  REQUIRE(one.send_frame(as_bytes("one")));
  REQUIRE(one.receive_frame());
  const int pending = ::socket(AF_INET, SOCK_STREAM, 0);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) fillers.push_back(fd);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int connected =
      ::connect(pending, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  pollfd waiting{pending, POLLIN, 0};
  const int closed = ::poll(&waiting, 1, kTestDeadlineMs);
  const bool served = client.send_frame(as_bytes("after")) && client.receive_frame().has_value();
  for (int fd : fillers) ::close(fd);
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(connected == 0);
  CHECK(closed == 1);
  CHECK(served);
  CHECK(eventually([&] { return server.turned_away == 1; }));
  ::close(pending);
}

}  // namespace
}  // namespace odradek
