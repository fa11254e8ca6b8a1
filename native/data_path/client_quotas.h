// What each client may use: bytes produced and fetched a second, and the time of our threads. The
// control plane decides which limit holds for which client id; here it is measured and enforced.
//
// Threads: safe from any thread. While no quota is set, active() is all that a request costs.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "data_path/sampled_rate.h"

namespace odradek {

// What can be limited.
enum class QuotaKind : uint8_t {
  produce,  // bytes of Produce requests
  fetch,    // bytes of Fetch answers
  request,  // per cent of one thread's time
};
inline constexpr size_t kQuotaKinds = 3;

// One limit. Shared ones hold for all clients of the user together, the others for each client id.
struct QuotaRule {
  double limit = std::numeric_limits<double>::infinity();  // a second; infinity: none
  bool shared = false;
};

// The limits of one client id, by QuotaKind.
using QuotaRules = std::array<QuotaRule, kQuotaKinds>;

// All limits of one moment.
struct QuotaTable {
  RateWindows windows;
  QuotaRules others;                                    // of client ids that are not named
  std::unordered_map<std::string, QuotaRules> clients;  // by client id

  bool has_limit() const;
};

class ClientQuotas {
 public:
  // True if any client has a limit.
  bool active() const { return active_.load(std::memory_order_relaxed); }
  // Replaces all limits. What was measured stays, and is judged by the new ones.
  void set(QuotaTable table);

  // Notes that the client used `amount`, and answers for how many milliseconds it has to pause, 0
  // for not at all. A pause for the use of threads lasts one window at most.
  int32_t charge(QuotaKind kind, std::string_view client_id, double amount, int64_t now_ms);
  // Takes back what was charged and then not used.
  void refund(QuotaKind kind, std::string_view client_id, double amount, int64_t now_ms);
  // The most that a client may use at once and still have a pause of a bounded length: what its
  // limit allows in all windows but one. Infinity without a limit.
  double most_at_once(QuotaKind kind, std::string_view client_id);

 private:
  using Rates = std::unordered_map<std::string, SampledRate>;

  const QuotaRule& rule(QuotaKind kind, std::string_view client_id) const;
  SampledRate& rate(QuotaKind kind, std::string_view client_id, int64_t now_ms);

  std::atomic<bool> active_{false};
  std::mutex mutex_;
  QuotaTable table_;                             // guarded by mutex_
  std::array<SampledRate, kQuotaKinds> shared_;  // guarded by mutex_
  std::array<Rates, kQuotaKinds> by_client_;     // guarded by mutex_; only with a limit
  std::array<size_t, kQuotaKinds> sweep_at_{};   // guarded by mutex_; sizes to look for idle ones
};

// `busy_ns` of one thread's time in the unit of QuotaKind::request.
inline double thread_percent(int64_t busy_ns) { return static_cast<double>(busy_ns) * 100.0 / 1e9; }

}  // namespace odradek
