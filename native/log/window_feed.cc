#include "log/window_feed.h"

#include <algorithm>

#include "base/assert.h"
#include "base/limits.h"

namespace odradek {
namespace {

constexpr auto kWindowBytes = static_cast<int64_t>(kWriteWindowBytes);
constexpr auto kAheadBytesMax = static_cast<int64_t>(kPopulateAheadBytesMax);
// The largest page size that we meet; windows begin and populate at multiples of it.
constexpr int64_t kPageBytes = 64 << 10;
constexpr int64_t kAheadBytesMin = kPageBytes;
// How far ahead of the writer pages are made dirty: what it writes in 10 ms.
constexpr int64_t kAheadsPerSecond = 100;
static_assert(kWindowBytes % kPageBytes == 0 && kAheadBytesMax % kPageBytes == 0);

constexpr int64_t page_begin(int64_t at) { return at / kPageBytes * kPageBytes; }
constexpr int64_t page_end(int64_t at) { return page_begin(at + kPageBytes - 1); }

}  // namespace

WindowFeed::Stored WindowFeed::store(Position at, ByteView bytes) {
  const Position end = at + static_cast<int64_t>(bytes.size());
  std::shared_ptr<Window> window;
  {
    const std::lock_guard lock(mutex_);
    if (current_ && end > current_->mapped->end()) {
      used_up_ = std::exchange(current_, std::exchange(next_, nullptr));
    }
    window = current_;
  }
  if (!window || at < window->mapped->begin()) return Stored::no;
  if (end.value > window->populated_to.load(std::memory_order_acquire)) return Stored::no;
  ASSERT(end <= window->mapped->end());
  window->mapped->store(at, bytes);
  return window->mapped->failed() ? Stored::failed : Stored::yes;
}

void WindowFeed::advance(Position end, int64_t bytes_per_second) {
  position_.store(end.value, std::memory_order_relaxed);
  ahead_.store(
      std::clamp(page_end(bytes_per_second / kAheadsPerSecond), kAheadBytesMin, kAheadBytesMax),
      std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || unsupported_) return;
    const int64_t ready =
        current_ ? current_->populated_to.load(std::memory_order_relaxed) : end.value;
    // The helper is asked again when half of what it made is used up.
    if (current_ && ready - end.value >= ahead_.load(std::memory_order_relaxed) / 2) return;
  }
  if (asked_.exchange(true)) return;
  helpers_.post([self = shared_from_this()] { self->prepare(); });
}

void WindowFeed::stop() {
  std::shared_ptr<Window> current;
  std::shared_ptr<Window> next;
  std::shared_ptr<Window> used_up;
  std::unique_lock lock(mutex_);
  stopped_ = true;
  idle_.wait(lock, [&] { return !preparing_; });
  current.swap(current_);
  next.swap(next_);
  used_up.swap(used_up_);
  lock.unlock();  // and only then are they unmapped
}

// On a helper: makes the window that the writer is in or comes to, and populates it ahead of him.
void WindowFeed::prepare() {
  asked_.store(false);
  std::shared_ptr<Window> current;
  std::shared_ptr<Window> next;
  std::shared_ptr<Window> used_up;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || preparing_) return;
    used_up.swap(used_up_);
    preparing_ = true;
    current = current_;
    next = next_;
  }
  const Position position(position_.load(std::memory_order_relaxed));
  const int64_t ahead = ahead_.load(std::memory_order_relaxed);
  // A writer that used pwrite meanwhile may be anywhere.
  const auto behind = [&](const std::shared_ptr<Window>& window) {
    return window != nullptr && position >= window->mapped->end();
  };
  if (behind(current)) current = std::exchange(next, nullptr);
  if (behind(current)) current = nullptr;
  if (!current) current = map(position);
  if (current) {
    populate(*current, position, ahead);
    const Position end = current->mapped->end();
    if (position + ahead > end) {
      if (!next) next = map(end);
      if (next) populate(*next, end, position + ahead - end);
    }
  }
  {
    const std::lock_guard lock(mutex_);
    // The writer may have gone on to the next window, which is then `next` here.
    current_.swap(current);
    next_.swap(next);
    preparing_ = false;
  }
  idle_.notify_all();
}

std::shared_ptr<WindowFeed::Window> WindowFeed::map(Position at) {
  const int64_t begin = page_begin(at.value);
  if (begin + kWindowBytes > file_bytes_max_) return nullptr;
  auto window = std::make_shared<Window>();
  window->place = pool_.take();
  if (!window->place) return nullptr;
  // A full disk only means that there is no window; the appender meets it himself.
  if (!file_->allocate(begin + kWindowBytes).ok()) return nullptr;
  auto mapped = file_->map_window(Position(begin), kWriteWindowBytes);
  if (!mapped.ok()) {
    const std::lock_guard lock(mutex_);
    unsupported_ = true;
    return nullptr;
  }
  window->mapped = std::move(*mapped);
  window->populated_to.store(begin, std::memory_order_release);
  allocated_bytes_.store(begin + kWindowBytes, std::memory_order_release);
  return window;
}

void WindowFeed::populate(Window& window, Position from, int64_t ahead) {
  const int64_t end = window.mapped->end().value;
  const int64_t target = std::min(page_end(from.value + ahead), end);
  const int64_t done =
      std::max(window.populated_to.load(std::memory_order_relaxed), page_begin(from.value));
  if (done >= target) return;
  window.mapped->populate(Position(done), static_cast<size_t>(target - done));
  window.populated_to.store(target, std::memory_order_release);
}

}  // namespace odradek
