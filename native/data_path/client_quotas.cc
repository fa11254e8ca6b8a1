#include "data_path/client_quotas.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"

namespace odradek {
namespace {

// Rates of clients that went away are dropped when there are more than this, and then at each
// doubling: client ids are the clients' to choose.
constexpr size_t kRatesKeptMin = 1024;

bool is_limited(const QuotaRules& rules) {
  return std::any_of(rules.begin(), rules.end(),
                     [](const QuotaRule& rule) { return std::isfinite(rule.limit); });
}

}  // namespace

bool QuotaTable::has_limit() const {
  return is_limited(others) || std::any_of(clients.begin(), clients.end(), [](const auto& client) {
           return is_limited(client.second);
         });
}

void ClientQuotas::set(QuotaTable table) {
  ASSERT(table.windows.count > 0 && table.windows.length_ms > 0);
  const std::lock_guard lock(mutex_);
  active_.store(table.has_limit(), std::memory_order_relaxed);
  table_ = std::move(table);
}

int32_t ClientQuotas::charge(QuotaKind kind, std::string_view client_id, double amount,
                             int64_t now_ms) {
  ASSERT(amount >= 0);
  const std::lock_guard lock(mutex_);
  const QuotaRule& limit = rule(kind, client_id);
  if (!std::isfinite(limit.limit)) return 0;
  SampledRate& used = rate(kind, client_id, now_ms);
  used.record(table_.windows, amount, now_ms);
  int64_t pause = used.throttle_ms(table_.windows, limit.limit, now_ms);
  if (kind == QuotaKind::request) pause = std::min(pause, table_.windows.length_ms);
  return static_cast<int32_t>(std::min<int64_t>(pause, INT32_MAX));
}

void ClientQuotas::refund(QuotaKind kind, std::string_view client_id, double amount,
                          int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  if (!std::isfinite(rule(kind, client_id).limit)) return;
  rate(kind, client_id, now_ms).record(table_.windows, -amount, now_ms);
}

double ClientQuotas::most_at_once(QuotaKind kind, std::string_view client_id) {
  const std::lock_guard lock(mutex_);
  const double seconds = static_cast<double>(table_.windows.count - 1) *
                         static_cast<double>(table_.windows.length_ms) / 1000.0;
  const double limit = rule(kind, client_id).limit;
  return std::isfinite(limit) ? limit * seconds : limit;
}

const QuotaRule& ClientQuotas::rule(QuotaKind kind, std::string_view client_id) const {
  const auto at = static_cast<size_t>(kind);
  if (table_.clients.empty()) return table_.others[at];
  const auto found = table_.clients.find(std::string(client_id));
  return (found == table_.clients.end() ? table_.others : found->second)[at];
}

SampledRate& ClientQuotas::rate(QuotaKind kind, std::string_view client_id, int64_t now_ms) {
  const auto at = static_cast<size_t>(kind);
  if (rule(kind, client_id).shared) return shared_[at];
  Rates& rates = by_client_[at];
  if (rates.size() >= std::max(sweep_at_[at], kRatesKeptMin)) {
    std::erase_if(rates,
                  [&](const auto& one) { return one.second.is_idle(table_.windows, now_ms); });
    sweep_at_[at] = 2 * rates.size();
  }
  return rates[std::string(client_id)];
}

}  // namespace odradek
