// An owned TCP socket and the few system calls around it. Every socket is non-blocking and
// close-on-exec, and never raises SIGPIPE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"
#include "net/endpoint.h"

namespace odradek {

// Owns a descriptor; -1 owns nothing. Move only.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() { close(); }

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

// Bytes that the kernel holds of a connection, each way, as asked of it: Linux takes twice as much.
struct SocketBuffers {
  int32_t send = -1;  // -1: the system sizes it by what the connection does
  int32_t receive = -1;
};

// Binds a numeric address and listens; port 0 takes a free one. The error is a sentence that names
// the address, the cause and what to do. An IPv6 wildcard also takes IPv4 connections. What is
// accepted has buffers of the size that `buffers` says, as far as the system allows it.
Result<Socket, std::string> listen_on(const Endpoint& endpoint, int backlog,
                                      const SocketBuffers& buffers);

// A descriptor of no use but to be given up when there are no others. Not open if there is none.
Socket spare_descriptor();

// The socket's own and its peer's address; host is empty if the socket is no longer connected. An
// IPv4 address that arrived on an IPv6 socket is written as IPv4.
Endpoint local_endpoint(const Socket& socket);
Endpoint peer_endpoint(const Socket& socket);

// How an accept ended.
enum class AcceptOutcome : uint8_t {
  accepted,
  none_waiting,
  out_of_descriptors,  // EMFILE, ENFILE: the connection still waits
  failed,              // this one is gone (reset before it was accepted); try the next
};

// Takes one waiting connection, with TCP_NODELAY set.
AcceptOutcome accept_on(const Socket& listener, Socket* accepted);

// How far a transfer came. Nothing here waits.
enum class TransferStatus : uint8_t {
  done,     // `bytes` were moved; 0 from receive means that the peer will send no more
  blocked,  // nothing could be moved now
  failed,   // the connection is gone, or (send_file) the file is shorter than asked for
};
// The status, and with `done` how many bytes.
struct Transfer {
  TransferStatus status = TransferStatus::failed;
  size_t bytes = 0;
};

// One recv into [to, to + size).
Transfer receive_from(const Socket& socket, uint8_t* to, size_t size);
// True if the peer has closed its side and no unread byte is left.
bool at_end_of_stream(const Socket& socket);

// Bytes to send; owned by the caller.
struct SendPiece {
  const uint8_t* data;
  size_t size;
};
inline constexpr size_t kSendPiecesMax = 32;
// One send of up to kSendPiecesMax pieces; `more` tells the kernel that bytes follow at once.
Transfer send_pieces(const Socket& socket, const SendPiece* pieces, size_t count, bool more);
// One sendfile of at most `size` bytes from `position` of `file_descriptor`.
Transfer send_file(const Socket& socket, int file_descriptor, int64_t position, size_t size);

}  // namespace odradek
