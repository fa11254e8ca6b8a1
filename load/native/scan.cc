#include "scan.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cpu_clock.h"
#include "fatal.h"
#include "record_files.h"
#include "socket.h"

namespace odradek::bench {

namespace {

struct File {
  int fd;
  int64_t bytes;
};

File open_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (fd < 0 || fstat(fd, &status) != 0) {
    fatal("cannot open %s: %s", path.c_str(), std::strerror(errno));
  }
  return {fd, status.st_size};
}

struct Ends {
  Socket sender;
  Socket receiver;
};

Ends connect_to_itself() {
  const Socket listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener.fd(), any, size) != 0 || listen(listener.fd(), 1) != 0 ||
      getsockname(listener.fd(), any, &size) != 0) {
    fatal("cannot listen: %s", std::strerror(errno));
  }
  Socket receiver = connect_to("127.0.0.1", std::to_string(ntohs(address.sin_port)));
  Socket sender(accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
  if (sender.fd() < 0) fatal("cannot accept: %s", std::strerror(errno));
  const int on = 1;
  setsockopt(sender.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return {std::move(sender), std::move(receiver)};
}

// How much of a file one request asks for.
int64_t piece_of(int64_t left, const Options& options) {
  return std::min<int64_t>(left, options.max_bytes);
}

void serve_request(const Socket& socket, const File& file, off_t& at, int64_t bytes) {
  uint8_t asked = 0;
  if (recv(socket.fd(), &asked, 1, MSG_WAITALL) != 1) fatal("no request came");
  for (int64_t left = bytes; left > 0;) {
    const ssize_t sent = sendfile(socket.fd(), file.fd, &at, static_cast<size_t>(left));
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) fatal("sending a file failed: %s", std::strerror(errno));
    left -= sent;
  }
}

void serve(const std::vector<File>& files, const Socket& socket, const Options& options) {
  for (const File& file : files) {
    for (off_t at = 0; at < file.bytes;) {
      serve_request(socket, file, at, piece_of(file.bytes - at, options));
    }
  }
}

void drop_answer(const Socket& socket, int64_t bytes, std::vector<uint8_t>& unused) {
  for (int64_t left = bytes; left > 0;) {
    // With MSG_TRUNC TCP drops the bytes and the buffer stays as it is.
    const size_t room = static_cast<size_t>(left);
    const ssize_t got = recv(socket.fd(), unused.data(), room, MSG_TRUNC);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fatal("receiving a file failed: %s", std::strerror(errno));
    left -= got;
  }
}

}  // namespace

Window run_scan(const Options& options, Counts& counts) {
  std::vector<File> files;
  for (const auto& path : record_files_of(options.path, options.topic, options.partitions)) {
    files.push_back(open_file(path));
  }
  if (files.empty())
    fatal("%s holds no records of %s", options.path.c_str(), options.topic.c_str());
  const Ends ends = connect_to_itself();
  const int64_t begin_ns = now_ns();
  const int64_t begin_cpu_ns = own_cpu_ns();
  std::thread sending(serve, std::cref(files), std::cref(ends.sender), std::cref(options));
  std::vector<uint8_t> unused(static_cast<size_t>(options.max_bytes));
  const std::vector<uint8_t> request(1);
  for (const File& file : files) {
    for (int64_t left = file.bytes; left > 0;) {
      const int64_t bytes = piece_of(left, options);
      const int64_t sent_ns = now_ns();
      send_all(ends.receiver, request);
      drop_answer(ends.receiver, bytes, unused);
      left -= bytes;
      counts.requests++;
      counts.batch_bytes += bytes;
      counts.latency.record(static_cast<uint64_t>(now_ns() - sent_ns));
    }
  }
  sending.join();
  const Window window{now_ns() - begin_ns, own_cpu_ns() - begin_cpu_ns, 0};
  for (const File& file : files) close(file.fd);
  return window;
}

}  // namespace odradek::bench
