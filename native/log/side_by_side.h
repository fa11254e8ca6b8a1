// Runs work on many things on as many threads as the machine has processors.
#pragma once

#include <cstddef>
#include <functional>

namespace odradek {

// What a thread takes: the index of its next thing, `count` or more once there is none left.
using NextIndex = std::function<size_t()>;

// Calls `work` on this thread and, where `threads` allows and there are enough things, on others as
// well; each call takes indexes below `count` until none is left. Returns when all have.
void side_by_side(size_t count, bool threads, const std::function<void(const NextIndex&)>& work);

}  // namespace odradek
