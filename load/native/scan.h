// What reading a log costs a machine without any broker: its files, sent over loopback.
#pragma once

#include "options.h"
#include "report.h"
#include "run.h"

namespace odradek::bench {

// Sends the record files of `options.topic` below `options.path` once over a TCP connection to
// itself, from the page cache or the disk and copied by nobody (sendfile), as many as
// `options.max_bytes` for each request of a byte, and drops what arrives unread. It is the least
// that a broker's consumer and the broker can do together. Counts a request each, and its time.
// Ends the program where there are no such files, or on an error.
Window run_scan(const Options& options, Counts& counts);

}  // namespace odradek::bench
