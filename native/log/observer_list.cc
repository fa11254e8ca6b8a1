#include "log/observer_list.h"

#include <thread>

#include "base/assert.h"

namespace odradek {

void ObserverList::add(HighWatermarkObserver* observer) {
  ASSERT(observer != nullptr);
  auto entry = std::make_shared<Entry>();
  entry->observer = observer;
  const std::lock_guard lock(mutex_);
  auto entries = entries_ ? std::make_shared<Entries>(*entries_) : std::make_shared<Entries>();
  entries->push_back(std::move(entry));
  entries_ = std::move(entries);
  any_.store(true, std::memory_order_release);
}

void ObserverList::remove(HighWatermarkObserver* observer) {
  std::shared_ptr<Entry> removed;
  {
    const std::lock_guard lock(mutex_);
    if (!entries_) return;
    auto entries = std::make_shared<Entries>();
    for (const auto& entry : *entries_) {
      if (entry->observer == observer && !removed) {
        removed = entry;
      } else {
        entries->push_back(entry);
      }
    }
    entries_ = std::move(entries);
  }
  if (!removed) return;
  // A caller counts itself before it looks at `removed`: either it sees this, or we see it.
  removed->removed.store(true);
  while (removed->calls.load() != 0) std::this_thread::yield();
}

void ObserverList::tell(PartitionLog& log, Offset high_watermark) {
  if (!any_.load(std::memory_order_acquire)) return;
  std::shared_ptr<const Entries> entries;
  {
    const std::lock_guard lock(mutex_);
    entries = entries_;
  }
  for (const auto& entry : *entries) {
    entry->calls.fetch_add(1);
    if (!entry->removed.load()) entry->observer->high_watermark_advanced(log, high_watermark);
    entry->calls.fetch_sub(1);
  }
}

}  // namespace odradek
