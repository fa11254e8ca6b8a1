// Ends another thread's Poller::wait: an eventfd, or a pipe where there is none.
#pragma once

#include "net/socket.h"

namespace odradek {

// signal() may be called from any thread, also while another one drains.
class WakeUp {
 public:
  WakeUp();
  // False if the system had no descriptor for it.
  bool is_open() const { return read_.is_open(); }
  // To be watched for reading.
  int fd() const { return read_.fd(); }
  // Makes fd() readable; signals add up to one.
  void signal();
  // Makes fd() unreadable again.
  void drain();

 private:
  Socket read_;
  Socket write_;  // closed where one descriptor does both
};

}  // namespace odradek
