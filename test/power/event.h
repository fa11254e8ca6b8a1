// What the loaded process tells its watcher, through a pipe, before and after each step: so that
// the watcher knows what was promised when the power went.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace odradek::power {

// A step of one partition, begun or done. What `values` hold is said behind each.
enum class EventKind : uint32_t {
  create_begun,
  created,         // the folder is there from now on
  append_begun,    // serial, records, first sequence, leader epoch << 16 | producer epoch
  appended,        // base offset
  acknowledged,    // everything below this offset is durable
  truncate_begun,  // the offset asked for
  truncated,       // the new end
  delete_begun,    // the log start asked for
  deleted,         // the new log start
  remove_begun,    // the whole partition
  removed,
  recovered,  // log start, log end, records that were lost, durable offset
  running,    // of the directory: all partitions are checked, the load begins
  close_begun,
  closed,  // of the directory: a clean stop
  fault,   // a sentence follows, of values[0] bytes
};

struct Event {
  EventKind kind;
  int32_t partition = -1;
  int64_t values[4] = {};
  std::string text = {};  // of a fault, at most 3,000 bytes
};

// Writes an event in one piece, so that threads may share the pipe. The watcher reads until the
// process is dead: a pipe that breaks ends this process.
void send_event(int pipe, const Event& event);

// Takes whole events off the front of `bytes` and hands them out in order.
void take_events(std::vector<uint8_t>* bytes, const std::function<void(const Event&)>& take);

}  // namespace odradek::power
