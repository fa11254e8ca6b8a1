#include "event.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace odradek::power {
namespace {

constexpr size_t kHeadBytes = 8 + 4 * sizeof(int64_t);
constexpr size_t kTextBytesMax = 3000;  // with the head less than what a pipe takes in one piece

}  // namespace

void send_event(int pipe, const Event& event) {
  uint8_t bytes[kHeadBytes + kTextBytesMax];
  Event sent = event;
  const size_t text = std::min(event.text.size(), kTextBytesMax);
  if (event.kind == EventKind::fault) sent.values[0] = static_cast<int64_t>(text);
  std::memcpy(bytes, &sent.kind, 4);
  std::memcpy(bytes + 4, &sent.partition, 4);
  std::memcpy(bytes + 8, sent.values, sizeof(sent.values));
  std::memcpy(bytes + kHeadBytes, event.text.data(), text);
  const auto size = static_cast<ssize_t>(kHeadBytes + text);
  if (::write(pipe, bytes, static_cast<size_t>(size)) != size) ::_exit(3);
}

void take_events(std::vector<uint8_t>* bytes, const std::function<void(const Event&)>& take) {
  size_t at = 0;
  while (bytes->size() - at >= kHeadBytes) {
    const uint8_t* head = bytes->data() + at;
    Event event{};
    std::memcpy(&event.kind, head, 4);
    std::memcpy(&event.partition, head + 4, 4);
    std::memcpy(event.values, head + 8, sizeof(event.values));
    const size_t text = event.kind == EventKind::fault ? static_cast<size_t>(event.values[0]) : 0;
    if (bytes->size() - at < kHeadBytes + text) break;
    event.text.assign(reinterpret_cast<const char*>(head + kHeadBytes), text);
    at += kHeadBytes + text;
    take(event);
  }
  bytes->erase(bytes->begin(), bytes->begin() + static_cast<ptrdiff_t>(at));
}

}  // namespace odradek::power
