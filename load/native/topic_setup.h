// Brings the topic into the state that a run needs, before any load.
#pragma once

#include <cstdint>
#include <vector>

#include "options.h"

namespace odradek::bench {

// Creates the topic if `options.create` is set (one that exists is kept) and waits up to 120 s
// until options.partitions of its partitions have a leader that serves them. Returns where each
// ends. Anything else ends the process with a sentence: too few partitions, leaders on several
// brokers, an error of the broker.
std::vector<int64_t> prepare_topic(const Options& options);

}  // namespace odradek::bench
