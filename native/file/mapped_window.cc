#include "file/mapped_window.h"

#if defined(__linux__)

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>

#include "file/posix_error.h"

#if !defined(MADV_POPULATE_WRITE)
#define MADV_POPULATE_WRITE 23  // Linux 5.14
#endif

namespace odradek {
namespace {

// One mapped range as the signal handler sees it. The handler runs at any moment, so a slot is
// plain atomics: `begin` is published last and withdrawn first; 0 is a free slot.
struct Slot {
  std::atomic<uintptr_t> begin{0};
  std::atomic<uintptr_t> end{0};
  std::atomic<bool> failed{false};
};

constinit std::array<Slot, kMappedWindowsMax> slots{};
constinit std::mutex slots_mutex;          // taking and freeing slots; never in the handler
constinit bool handler_installed = false;  // under slots_mutex
struct sigaction previous_action;          // written once, before our handler can run

size_t page_size() {
  static const size_t size = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

Slot* slot_of(uintptr_t address) {
  for (Slot& slot : slots) {
    const uintptr_t begin = slot.begin.load(std::memory_order_acquire);
    if (begin != 0 && address >= begin && address < slot.end.load(std::memory_order_relaxed)) {
      return &slot;
    }
  }
  return nullptr;
}

// Hands a signal that is not ours to whoever had it before. With the default action it is enough
// to restore that: the fault happens again when we return, and then ends the process.
void pass_on(int signal, siginfo_t* info, void* context) {
  if ((previous_action.sa_flags & SA_SIGINFO) != 0) {
    previous_action.sa_sigaction(signal, info, context);
  } else if (previous_action.sa_handler == SIG_DFL || previous_action.sa_handler == SIG_IGN) {
    struct sigaction default_action = {};
    default_action.sa_handler = SIG_DFL;
    ::sigaction(signal, &default_action, nullptr);
    if (info->si_code <= 0) ::raise(signal);  // sent by kill(): nothing will fault again
  } else {
    previous_action.sa_handler(signal);
  }
}

void on_bus_error(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  // A positive code is a fault of this thread's own instruction; only then is the address one.
  Slot* slot = info->si_code > 0 ? slot_of(reinterpret_cast<uintptr_t>(info->si_addr)) : nullptr;
  bool replaced = false;
  if (slot != nullptr) {
    slot->failed.store(true, std::memory_order_release);
    const uintptr_t page = reinterpret_cast<uintptr_t>(info->si_addr) & ~(page_size() - 1);
    replaced = ::mmap(reinterpret_cast<void*>(page), page_size(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
  }
  if (!replaced) pass_on(signal, info, context);
  errno = saved_errno;
}

// Takes a free slot for [begin, end) and sees to the handler; null if all are taken.
Slot* take_slot(uintptr_t begin, uintptr_t end) {
  const std::lock_guard lock(slots_mutex);
  if (!handler_installed) {
    page_size();  // the handler must not be the first to ask
    struct sigaction action = {};
    action.sa_sigaction = &on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    ::sigaction(SIGBUS, nullptr, &previous_action);
    ::sigaction(SIGBUS, &action, nullptr);
    handler_installed = true;
  }
  for (Slot& slot : slots) {
    if (slot.begin.load(std::memory_order_relaxed) != 0) continue;
    slot.failed.store(false, std::memory_order_relaxed);
    slot.end.store(end, std::memory_order_relaxed);
    slot.begin.store(begin, std::memory_order_release);
    return &slot;
  }
  return nullptr;
}

// Makes one page writable in memory without changing it, also while another thread stores to it:
// an atomic read-modify-write never undoes that store.
void touch_page(uint8_t* page) { __atomic_fetch_or(page, 0, __ATOMIC_RELAXED); }

class MappedWindow final : public WriteWindow {
 public:
  MappedWindow(Position begin, size_t length, uint8_t* memory, Slot* slot)
      : WriteWindow(begin, length, memory), slot_(slot) {}

  ~MappedWindow() override {
    slot_->begin.store(0, std::memory_order_release);
    ::munmap(memory_, length_);
  }

  void populate(Position from, size_t length) override {
    ASSERT(from >= begin() && from + static_cast<int64_t>(length) <= end());
    const size_t offset = static_cast<size_t>(from - begin());
    const size_t first = offset & ~(page_size() - 1);
    if (::madvise(memory_ + first, offset + length - first, MADV_POPULATE_WRITE) == 0) return;
    if (errno != EINVAL) return;  // a failing disk: the store will meet it and say so
    for (size_t at = first; at < offset + length; at += page_size()) touch_page(memory_ + at);
  }

  bool failed() const override { return slot_->failed.load(std::memory_order_acquire); }

 private:
  Slot* slot_;
};

}  // namespace

FileResult<std::unique_ptr<WriteWindow>> map_write_window(int descriptor, const std::string& path,
                                                          Position from, size_t length) {
  ASSERT(length > 0 && length % page_size() == 0);
  ASSERT(from.value >= 0 && static_cast<size_t>(from.value) % page_size() == 0);
  void* memory =
      ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, from.value);
  if (memory == MAP_FAILED) return posix_error("map", path, errno);
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  Slot* slot = take_slot(begin, begin + length);
  if (slot == nullptr) {
    ::munmap(memory, length);
    return Err(FileError{FileErrorKind::unsupported, 0, "map " + path + ": too many windows"});
  }
  return std::unique_ptr<WriteWindow>(
      std::make_unique<MappedWindow>(from, length, static_cast<uint8_t*>(memory), slot));
}

}  // namespace odradek

#else

namespace odradek {

FileResult<std::unique_ptr<WriteWindow>> map_write_window(int /*descriptor*/,
                                                          const std::string& path,
                                                          Position /*from*/, size_t /*length*/) {
  return Err(FileError{FileErrorKind::unsupported, 0, "map " + path + ": not on this platform"});
}

}  // namespace odradek

#endif
