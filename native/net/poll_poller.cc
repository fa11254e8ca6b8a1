#include <poll.h>

#include <cerrno>
#include <unordered_map>
#include <vector>

#include "base/assert.h"
#include "net/poller.h"

namespace odradek {
namespace {

short to_poll(PollInterest interest) {
  return static_cast<short>((interest.readable ? POLLIN : 0) | (interest.writable ? POLLOUT : 0));
}

class PollPoller final : public Poller {
 public:
  bool add(int fd, void* target, PollInterest interest) override {
    ASSERT(target != nullptr && !index_.contains(fd));
    ASSERT(fd >= 0 && index_.size() == watched_.size());
    index_.emplace(fd, watched_.size());
    watched_.push_back({fd, to_poll(interest), 0});
    targets_.push_back(target);
    return true;
  }
  void change(int fd, void* target, PollInterest interest) override {
    auto found = index_.find(fd);
    ASSERT(found != index_.end() && target != nullptr);
    ASSERT(watched_[found->second].fd == fd);
    watched_[found->second].events = to_poll(interest);
    targets_[found->second] = target;
  }
  void remove(int fd) override {
    auto found = index_.find(fd);
    ASSERT(found != index_.end());
    const size_t hole = found->second;
    ASSERT(hole < watched_.size() && watched_[hole].fd == fd);
    index_.erase(found);
    if (hole + 1 != watched_.size()) {  // the last one fills the hole
      watched_[hole] = watched_.back();
      targets_[hole] = targets_.back();
      index_[watched_[hole].fd] = hole;
    }
    watched_.pop_back();
    targets_.pop_back();
    ASSERT(index_.size() == watched_.size() && targets_.size() == watched_.size());
  }

  size_t wait(std::span<PollEvent> events, int timeout_ms) override {
    ASSERT(!events.empty() && watched_.size() == targets_.size());
    const int ready = ::poll(watched_.data(), static_cast<nfds_t>(watched_.size()), timeout_ms);
    if (ready < 0) {
      ASSERT(errno == EINTR || errno == EAGAIN);
      return 0;
    }
    size_t count = 0;
    size_t left = static_cast<size_t>(ready);
    // Starting behind where the last call ended keeps a full `events` from starving the others.
    for (size_t i = 0; i < watched_.size() && left > 0 && count < events.size(); ++i) {
      next_ = next_ + 1 < watched_.size() ? next_ + 1 : 0;
      const short bits = watched_[next_].revents;
      if (bits == 0) continue;
      --left;
      const bool broken = (bits & (POLLERR | POLLHUP | POLLNVAL)) != 0;
      events[count++] = {targets_[next_], (bits & POLLIN) != 0 || broken, (bits & POLLOUT) != 0,
                         broken};
    }
    return count;
  }

 private:
  // Invariant: watched_[i] and targets_[i] belong together, and index_[watched_[i].fd] == i.
  std::vector<pollfd> watched_;
  std::vector<void*> targets_;
  std::unordered_map<int, size_t> index_;
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<Poller> make_portable_poller() { return std::make_unique<PollPoller>(); }

#if !defined(__linux__)
std::unique_ptr<Poller> make_poller() { return make_portable_poller(); }
#endif

}  // namespace odradek
